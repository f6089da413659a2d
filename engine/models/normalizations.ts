import { elementCount } from '../onnx/graph.ts'
import type { GraphFacts } from './graph-facts.ts'

/** Inputs that are learned, of the operators that normalise or bend; the running statistics of a batch norm are none. */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
}

/** How many parameters of a graph are in no layer with filters: those of its normalisations and PRelus, shared ones once. */
export function countOtherParameters({ graph, constants }: GraphFacts): number {
  const names = graph.nodes.flatMap((node) => {
    const indices = node.domain === '' && Object.hasOwn(learnedInputs, node.opType) ? learnedInputs[node.opType] : []
    return (indices ?? []).map((index) => node.inputs[index] ?? '')
  })
  return [...new Set(names)].reduce((total, name) => {
    const dims = constants.origin(name) === undefined ? undefined : constants.dims(name)
    return total + (dims === undefined ? 0 : elementCount(dims))
  }, 0)
}
