import { findGradientPath } from '../autodiff/gradient-path.ts'
import { differentiableTensors, knowledgeOf, obstaclesOn } from '../autodiff/obstacles.ts'
import { rules } from '../autodiff/registry.ts'
import { describeNode } from '../onnx/graph-edit.ts'
import type { Graph, Node } from '../onnx/graph.ts'
import { ShapeError } from '../onnx/shapes/shape-context.ts'
import type { ImageInput, ModelSummary, TrainingObstacle } from '../protocol/models.ts'
import type { NamedLayer } from './describe-layers.ts'
import type { GraphFacts } from './graph-facts.ts'
import type { KernelLayer } from './kernel-layers.ts'
import { nodeId } from './model-nodes.ts'

export interface Trainability {
  readonly training: ModelSummary['training']
  /** Why a layer cannot be trained, by its name; one that can is absent. */
  readonly whyNot: ReadonlyMap<string, string>
}

/** Stands for a height or width that the file leaves open: training knows the size of its pictures. */
const usualSize = 224

/** Which layers of a graph in float32 can be trained so that `output` changes, and every node that stands in the way of the others. */
export function findTrainability(
  named: readonly NamedLayer[],
  output: string,
  image: ImageInput | undefined,
  facts: GraphFacts,
): Trainability {
  const stored = named.flatMap(({ name, layer }) => {
    const reason = whyNotStored(layer, facts)
    return reason === undefined ? [] : [{ name, node: layer.node, reason }]
  })
  const refusals = grouped(stored)
  const refused = new Map(stored.map(({ name, reason }) => [name, refusals.get(reason)]))
  const targets = named.filter(({ name }) => !refused.has(name)).map(({ layer }) => layer.weight)
  const graphs = [facts.graph, withPictureSize(facts.graph, image)] as const
  const { obstacles, trainable } = differentiability(graphs, output, [...new Set(targets)])
  const between = [...grouped([...obstacles, ...roundingNodes(facts)]).values()]
  const [first] = between
  const blocked =
    first === undefined ? `The output '${output}' does not depend on it.` : `No gradient reaches it: ${first.reason}`
  const whyNot = new Map<string, string>()
  for (const { name, layer } of named) {
    const reason = refused.get(name)?.reason ?? (trainable.has(layer.weight) ? undefined : blocked)
    if (reason !== undefined) whyNot.set(name, reason)
  }
  const lastFrozen = named.findLastIndex(({ name }) => whyNot.has(name))
  const freezeBelow = lastFrozen < named.length - 1 ? named[lastFrozen]?.name : undefined
  return {
    training: {
      possible: whyNot.size < named.length,
      obstacles: [...refusals.values(), ...between],
      ...(freezeBelow !== undefined && { freezeBelow }),
    },
    whyNot,
  }
}

/** The first of `graphs`, which differ in how large their picture is, in which sizes fit and nothing is in the way; else the first that fits. */
function differentiability([asItIs, sized]: readonly [Graph, Graph], output: string, targets: readonly string[]) {
  const first = inGraph(asItIs, output, targets)
  if (first.obstacles.length === 0 || sized === asItIs) return first
  try {
    return inGraph(sized, output, targets)
  } catch (error) {
    if (error instanceof ShapeError) return first
    throw error
  }
}

function inGraph(graph: Graph, output: string, targets: readonly string[]) {
  const known = knowledgeOf(graph)
  const path = findGradientPath(graph, output, targets, rules, known.types)
  const found = obstaclesOn(path, known)
  const unreached = new Set(path.unreached)
  const trainable =
    found.length === 0
      ? targets.filter((target) => !unreached.has(target))
      : differentiableTensors(graph, output, targets, rules)
  return { obstacles: found, trainable: new Set(trainable) }
}

interface Refusal {
  readonly node: Node
  /** Goes on after the name of the node. */
  readonly reason: string
}

/** One obstacle for each reason: of a quantised model all nodes stand in the way for the same. */
function grouped(refusals: readonly Refusal[]): ReadonlyMap<string, TrainingObstacle> {
  const byReason = new Map<string, Node[]>()
  for (const { node, reason } of refusals) byReason.set(reason, [...(byReason.get(reason) ?? []), node])
  return new Map(
    [...byReason].map(([reason, nodes]) => {
      const [first, ...others] = nodes as [Node, ...Node[]]
      const like = others.length === 0 ? '' : `, like ${others.length} other node${others.length === 1 ? '' : 's'},`
      const obstacle = {
        node: nodeId(first),
        operator: first.opType,
        reason: `${describeNode(first)}${like} ${reason}`,
      }
      return [reason, others.length === 0 ? obstacle : { ...obstacle, others: others.map(nodeId) }] as const
    }),
  )
}

/** Nodes that round, at which the search for a gradient ends without a word: what comes out of them is no float. */
function roundingNodes({ graph, constants }: GraphFacts): Refusal[] {
  const rounding = graph.nodes.filter(({ opType, outputs }) => {
    return /^(Dynamic)?QuantizeLinear$/.test(opType) && constants.origin(outputs[0]) === undefined
  })
  const reason = `rounds to 8 bits, through which no gradient passes; ${unquantized}`
  return rounding.map((node) => ({ node, reason }))
}

const unquantized = 'open the model from before it was quantised.'

/** Why what a file stores of a layer's weights cannot be changed bit by bit; goes on after the name of its node. */
function whyNotStored({ weight, values, scale, zeroPoint }: KernelLayer, facts: GraphFacts): string | undefined {
  const tensor = facts.graph.initializers.get(weight)
  if (tensor === undefined)
    return 'has weights that are all equal and not stored in the file, so there are none to train.'
  if (tensor.dataType !== 'float32') {
    return `has weights stored as ${tensor.dataType}, which cannot change bit by bit; ${unquantized}`
  }
  const isRounded = facts.constants.operatorsBefore(values).includes('QuantizeLinear')
  if (!isRounded && scale === undefined && zeroPoint === undefined) return undefined
  return `rounds its weights to 8 bits, through which no gradient passes; ${unquantized}`
}

function withPictureSize(graph: Graph, image: ImageInput | undefined): Graph {
  if (image === undefined || (image.height !== undefined && image.width !== undefined)) return graph
  const axes = image.layout === 'nchw' ? [2, 3] : [1, 2]
  const inputs = graph.inputs.map((input) => {
    if (input.name !== image.name || input.type === undefined) return input
    const dims = input.type.dims.map((size, axis) => {
      return typeof size === 'string' && axes.includes(axis) ? usualSize : size
    })
    return { ...input, type: { ...input.type, dims } }
  })
  return { ...graph, inputs }
}
