import { requiredNames } from '../onnx/graph-edit.ts'
import type { Graph, Node, TensorType } from '../onnx/graph.ts'
import type { GradientRule, RuleSet } from './rule.ts'

/** A node that no gradient passes; `reason` goes on after its name: «has no gradient rule; …». */
export interface Obstacle {
  readonly node: Node
  readonly operator: string
  readonly reason: string
}

export interface PathStep {
  readonly node: Node
  readonly rule: GradientRule
}

/** What lies between the differentiated tensor and those it is differentiated by. */
export interface GradientPath {
  /** Nodes a gradient must pass, in the graph's order, each with its rule. */
  readonly steps: readonly PathStep[]
  /** Tensors that depend smoothly on one that is differentiated by. */
  readonly active: ReadonlySet<string>
  /** Tensors that the differentiated one depends on through these nodes: the active ones among them have a gradient. */
  readonly needed: ReadonlySet<string>
  /** Nodes on the way that have no rule or do not compute in float32. */
  readonly obstacles: readonly Obstacle[]
  /** Those differentiated by that the differentiated tensor does not depend on. */
  readonly unreached: readonly string[]
  /** A node's place in the graph. */
  order(node: Node): number
}

/** Finds the nodes through which `of` depends on `withRespectTo`; everything else needs no gradient. */
export function findGradientPath(
  graph: Graph,
  of: string,
  withRespectTo: readonly string[],
  rules: RuleSet,
  types: ReadonlyMap<string, TensorType>,
): GradientPath {
  const ruleOf = (node: Node) => (node.domain === '' ? rules.differentiable.get(node.opType) : undefined)
  const active = new Set(withRespectTo)
  const touched = graph.nodes.filter((node) => {
    if (node.domain === '' && rules.withoutGradient.has(node.opType)) return false
    if (!differentiableInputs(node, ruleOf(node)).some((name) => active.has(name))) return false
    const outputs = differentiableOutputs(node, ruleOf(node)).filter((name) => isFloatingPoint(types.get(name)))
    for (const name of outputs) active.add(name)
    return outputs.length > 0
  })

  const needed = new Set([of])
  const onPath = touched.toReversed().filter((node) => {
    if (!differentiableOutputs(node, ruleOf(node)).some((name) => active.has(name) && needed.has(name))) return false
    for (const name of differentiableInputs(node, ruleOf(node))) if (active.has(name)) needed.add(name)
    return true
  })

  const obstacles: Obstacle[] = []
  const steps = onPath.toReversed().flatMap((node) => {
    const operator = node.opType
    const rule = ruleOf(node)
    if (rule === undefined) {
      const domain = node.domain === '' ? '' : `of the domain ${node.domain} `
      const reason = `${domain}has no gradient rule; replace the operator, or differentiate by tensors behind it.`
      obstacles.push({ node, operator, reason })
      return []
    }
    for (const name of node.outputs) {
      const dataType = types.get(name)?.dataType
      if (active.has(name) && dataType !== undefined && dataType !== 'float32') {
        const reason = `computes «${name}» in ${dataType}; gradients are built for float32 only.`
        obstacles.push({ node, operator, reason })
      }
    }
    return [{ node, rule }]
  })
  const places = new Map(graph.nodes.map((node, place) => [node, place]))
  return {
    steps,
    active,
    needed,
    obstacles,
    unreached: withRespectTo.filter((name) => !needed.has(name)),
    order: (node) => places.get(node) ?? -1,
  }
}

function differentiableInputs(node: Node, rule: GradientRule | undefined): readonly string[] {
  // What the bodies of an operator take from outside counts too; only those without a rule have bodies.
  const which = rule?.differentiableInputs
  return which === undefined ? requiredNames(node) : node.inputs.filter((_, index) => which.includes(index))
}

function differentiableOutputs(node: Node, rule: GradientRule | undefined): readonly string[] {
  // An operator without a rule is refused later, so every output counts until then.
  const which = rule === undefined ? 'all' : (rule.differentiableOutputs ?? [0])
  return node.outputs.filter((name, index) => name !== '' && (which === 'all' || which.includes(index)))
}

function isFloatingPoint(type: TensorType | undefined): boolean {
  return type === undefined || ['float16', 'bfloat16', 'float32', 'float64'].includes(type.dataType)
}
