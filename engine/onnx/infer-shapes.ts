import { type DataType, type Graph, type Tensor, type TensorType, float32Tensor, int64Tensor } from './graph.ts'
import { Inference } from './shapes/inference.ts'
import type { InferredValue } from './shapes/shape-context.ts'

/** What follows from a graph alone, before it runs. */
export interface InferredGraph {
  readonly types: ReadonlyMap<string, TensorType>
  /**
   * Small int64 and float32 tensors that no data enters (axes, shapes, pads, scales), whether they are initializers or
   * computed by Shape, Gather, Concat …
   */
  readonly constants: ReadonlyMap<string, Tensor>
}

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
  return typesOf(inference(graph, outer))
}

/** As `inferShapes`, with the values that were followed. */
export function inferGraph(graph: Graph): InferredGraph {
  const inferred = inference(graph, new Map())
  const constants = [...inferred.known].flatMap(([name, value]) => {
    const tensor = constantTensor(value)
    return tensor === undefined ? [] : [[name, tensor] as const]
  })
  return { types: typesOf(inferred), constants: new Map(constants) }
}

function inference(graph: Graph, outer: ReadonlyMap<string, TensorType>): Inference {
  const inferred = new Inference((name) => outer.get(name))
  inferred.addGraph(
    graph,
    graph.inputs.map((input) => input.type),
  )
  return inferred
}

function typesOf(inferred: Inference): ReadonlyMap<string, TensorType> {
  return new Map([...inferred.known].map(([name, { dataType, dims }]) => [name, { dataType, dims }]))
}

const make: Partial<Record<DataType, (dims: readonly number[], values: readonly number[]) => Tensor>> = {
  int64: int64Tensor,
  float32: (dims, values) => float32Tensor(dims, Float32Array.from(values)),
}

function constantTensor({ dataType, dims, values }: InferredValue): Tensor | undefined {
  if (!values?.every((value) => typeof value === 'number') || !dims.every((size) => typeof size === 'number')) {
    return undefined
  }
  return make[dataType]?.(dims, values)
}
