import type { Graph, TensorType } from './graph.ts'
import { Inference } from './shapes/inference.ts'

/**
 * Element type and shape of every value of `graph` (inputs, initializers, node outputs) that follows from the shapes of
 * its inputs; sizes known only at run time are symbols, and what cannot be known is absent. Small integer tensors are
 * followed by value, so that shapes computed by Shape, Gather, Concat … are known. `outer` are the values a body may use.
 * Throws ShapeError where shapes do not fit an operator.
 */
export function inferShapes(
  graph: Graph,
  outer: ReadonlyMap<string, TensorType> = new Map(),
): ReadonlyMap<string, TensorType> {
  const inference = new Inference((name) => outer.get(name))
  inference.addGraph(
    graph,
    graph.inputs.map((input) => input.type),
  )
  return new Map([...inference.known].map(([name, { dataType, dims }]) => [name, { dataType, dims }]))
}
