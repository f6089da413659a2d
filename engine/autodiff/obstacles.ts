import { GraphBuilder } from '../onnx/graph-builder.ts'
import type { Graph, Node, Tensor, TensorType } from '../onnx/graph.ts'
import { inferGraph } from '../onnx/infer-shapes.ts'
import { type GradientPath, type Obstacle, type PathStep, findGradientPath } from './gradient-path.ts'
import { emitNodeGradients } from './node-gradients.ts'
import { NodeRefusal } from './node-refusal.ts'
import { NodeView, constantsOf } from './node-view.ts'
import { RuleEmitter } from './rule-emitter.ts'
import type { RuleSet } from './rule.ts'

/**
 * findObstacles(graph, of, withRespectTo, rules): every node on the way from one of `withRespectTo` to `of` that no
 * gradient passes, in the graph's order and all at once, as { node, operator, reason }; empty where `differentiate`
 * would find nothing to refuse. `${operator} «${node.name}» ${reason}` is a sentence. A tensor that `of` does not
 * depend on has no obstacle. Throws ShapeError where the graph's shapes do not fit.
 */
export function findObstacles(
  graph: Graph,
  of: string,
  withRespectTo: readonly string[],
  rules: RuleSet,
): readonly Obstacle[] {
  const known = knowledgeOf(graph)
  return obstaclesOn(findGradientPath(graph, of, withRespectTo, rules, known.types), known)
}

/**
 * Those of `candidates` that `of` depends on and can be differentiated by, in the given order: what stays trainable
 * when everything below an obstacle is frozen. `findObstacles` by all of them together is empty.
 */
export function differentiableTensors(
  graph: Graph,
  of: string,
  candidates: readonly string[],
  rules: RuleSet,
): readonly string[] {
  const known = knowledgeOf(graph)
  return candidates.filter((candidate) => {
    const path = findGradientPath(graph, of, [candidate], rules, known.types)
    return path.unreached.length === 0 && obstaclesOn(path, known).length === 0
  })
}

/** What a rule may be told of a graph that is not differentiated yet. */
export interface GraphKnowledge {
  readonly types: ReadonlyMap<string, TensorType>
  readonly constants: ReadonlyMap<string, Tensor>
}

export function knowledgeOf(graph: Graph): GraphKnowledge {
  const { types, constants } = inferGraph(graph)
  return { types, constants: new Map([...constants, ...constantsOf(graph)]) }
}

/** The obstacles on a path: those of the walk, and every node whose own rule does not take it. */
export function obstaclesOn(path: GradientPath, known: GraphKnowledge): readonly Obstacle[] {
  const ofRules = path.steps.flatMap((step) => {
    const reason = refusal(step, path, known)
    return reason === undefined ? [] : [{ node: step.node, operator: step.node.opType, reason }]
  })
  return [...path.obstacles, ...ofRules].toSorted((one, other) => path.order(one.node) - path.order(other.node))
}

/** Why a step's rule does not take it: it says so, or writing its gradient, here into a graph of its own, fails. */
function refusal({ node, rule }: PathStep, path: GradientPath, known: GraphKnowledge): string | undefined {
  const view = new NodeView(node, rule, {
    ...known,
    wanted: path.active,
    needed: path.needed,
    addOutput: (of: Node, index: number) => `${of.outputs[0]}:${index}`,
    gradientOf: (tensor: string) => `${tensor}/grad`,
  })
  try {
    const reason = rule.refuses?.(view)
    if (reason !== undefined) return `cannot be differentiated: ${reason}`
    emitNodeGradients(node, rule, view, new RuleEmitter(new GraphBuilder(), 'grad', view))
    return undefined
  } catch (error) {
    if (error instanceof NodeRefusal) return error.message
    throw error
  }
}
