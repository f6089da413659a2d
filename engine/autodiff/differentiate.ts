import { GraphBuilder } from '../onnx/graph-builder.ts'
import type { Graph, Node, TensorType } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { DifferentiationError } from './differentiation-error.ts'
import { findGradientPath } from './gradient-path.ts'
import { GradientSums } from './gradient-sums.ts'
import { type InputGradient, emitNodeGradients } from './node-gradients.ts'
import { NodeView, describeNode } from './node-view.ts'
import { knowledgeOf, obstaclesOn } from './obstacles.ts'
import { RuleEmitter } from './rule-emitter.ts'
import type { RuleSet } from './rule.ts'

export interface DifferentiateOptions {
  /**
   * Name of the tensor that the walk starts from in place of ones: the gradient of something behind `of`, in its
   * shape. A name that the graph does not know becomes a new input of the graph.
   */
  readonly cotangent?: string
}

export interface Differentiated {
  /** The given graph followed by its gradient; graph outputs are unchanged. */
  readonly graph: Graph
  /** Name of the gradient tensor for each tensor of `withRespectTo`: `<tensor>/grad`. */
  readonly gradients: ReadonlyMap<string, string>
}

/** One gradient a rule returned, for the check of all of them at the end. */
interface Contribution extends InputGradient {
  readonly node: Node
}

/**
 * Reverse-mode differentiation from graph to graph: d sum(cotangent · of) / d x for every x of `withRespectTo`,
 * which may be inputs, initializers or tensors in between. The cotangent is all ones unless `options` names one.
 * Throws DifferentiationError listing every operator on the way that has no rule or that its rule refuses, every
 * tensor `of` does not depend on, and every rule that returned a gradient of the wrong shape.
 */
export function differentiate(
  graph: Graph,
  of: string,
  withRespectTo: readonly string[],
  rules: RuleSet,
  options: DifferentiateOptions = {},
): Differentiated {
  throwProblems(unknownTensors(graph, [of, ...withRespectTo]))
  const known = knowledgeOf(graph)
  const { types } = known
  const path = findGradientPath(graph, of, withRespectTo, rules, types)
  throwProblems(obstaclesOn(path, known).map(({ node, reason }) => `${describeNode(node)} ${reason}`))
  throwProblems(path.unreached.map((name) => `«${of}» does not depend on «${name}», so it has no gradient there.`))

  const builder = new GraphBuilder(graph)
  const sums = new GradientSums(builder)
  const addedOutputs = new Map<Node, Map<number, string>>()
  const surroundings = {
    ...known,
    wanted: path.active,
    needed: path.needed,
    gradientOf: (tensor: string) => sums.of(tensor),
    addOutput(node: Node, index: number): string {
      const added = addedOutputs.get(node) ?? new Map<number, string>()
      addedOutputs.set(node, added)
      const name = added.get(index) ?? builder.uniqueName(`${node.outputs[0]}:${index}`)
      added.set(index, name)
      return name
    },
  }

  sums.add(of, options.cotangent === undefined ? ones(builder, graph, of, types) : seed(builder, options.cotangent))
  const contributions: Contribution[] = []
  for (const { node, rule } of path.steps.toReversed()) {
    const view = new NodeView(node, rule, surroundings)
    const emit = new RuleEmitter(builder, gradientPrefix(node), view)
    for (const contribution of emitNodeGradients(node, rule, view, emit)) {
      contributions.push({ node, ...contribution })
      sums.add(contribution.tensor, contribution.gradient)
    }
  }

  const gradients = new Map(withRespectTo.map((tensor) => [tensor, sums.named(tensor)]))
  const built = sums.withFinalNames(withAddedOutputs(builder.build(graph.name, graph.documentation), addedOutputs))
  throwProblems(wrongTypes(built, contributions, sums))
  return { graph: built, gradients }

  function seed(target: GraphBuilder, cotangent: string): string {
    const [expected, actual] = [types.get(of), types.get(cotangent)]
    if (expected !== undefined && actual !== undefined && !agree(expected, actual)) {
      const [is, needed] = [describe(actual), describe(expected)]
      throw new DifferentiationError([
        `The cotangent «${cotangent}» is ${is}, but the gradient of «${of}» is ${needed}; give one of that shape.`,
      ])
    }
    if (unknownTensors(graph, [cotangent]).length === 0) return cotangent
    return target.input({ name: cotangent, type: types.get(of) })
  }
}

/** d of / d of: 1 in the shape of `of`. */
function ones(builder: GraphBuilder, graph: Graph, of: string, types: ReadonlyMap<string, TensorType>): string {
  const dims = types.get(of)?.dims ?? graph.initializers.get(of)?.dims
  const one = builder.scalar(1)
  if (dims?.length === 0) return one
  const shape = dims?.every((size) => typeof size === 'number')
    ? builder.ints(dims)
    : builder.op('Shape', [of], {}, { name: `${of}/grad/shape` })
  return builder.op('Expand', [one, shape], {}, { name: `${of}/grad/ones` })
}

function gradientPrefix(node: Node): string {
  return `${node.name === '' ? (node.outputs[0] ?? node.opType) : node.name}/grad`
}

function unknownTensors(graph: Graph, names: readonly string[]): readonly string[] {
  const known = new Set([
    ...graph.inputs.map((input) => input.name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ])
  return names.filter((name) => !known.has(name)).map((name) => `The graph «${graph.name}» has no tensor «${name}».`)
}

function withAddedOutputs(graph: Graph, added: ReadonlyMap<Node, ReadonlyMap<number, string>>): Graph {
  const nodes = graph.nodes.map((node) => {
    const names = added.get(node)
    if (names === undefined) return node
    const count = Math.max(node.outputs.length, ...[...names.keys()].map((index) => index + 1))
    return {
      ...node,
      outputs: Array.from({ length: count }, (_, index) => names.get(index) ?? node.outputs[index] ?? ''),
    }
  })
  return { ...graph, nodes }
}

/** The one check of all rules: a gradient has the type of the tensor it belongs to. */
function wrongTypes(graph: Graph, contributions: readonly Contribution[], sums: GradientSums): readonly string[] {
  const types = inferShapes(graph)
  return contributions.flatMap(({ node, input, tensor, gradient }) => {
    const expected = types.get(tensor)
    const actual = types.get(sums.finalName(gradient))
    if (expected === undefined || actual === undefined || agree(expected, actual)) return []
    return [
      `The gradient rule of ${describeNode(node)} returned ${describe(actual)} for input ${input} «${tensor}», which is ${describe(expected)}.`,
    ]
  })
}

function agree(expected: TensorType, actual: TensorType): boolean {
  return (
    expected.dataType === actual.dataType &&
    expected.dims.length === actual.dims.length &&
    expected.dims.every((size, axis) => {
      const other = actual.dims[axis]
      return typeof size === 'string' || typeof other === 'string' || size === other
    })
  )
}

function describe({ dataType, dims }: TensorType): string {
  return `${dataType} [${dims.join(', ')}]`
}

function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw new DifferentiationError(problems)
}
