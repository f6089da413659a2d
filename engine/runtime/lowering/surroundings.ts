import type { Dimension, Graph, Node, Tensor } from '../../onnx/graph.ts'
import { inferShapes } from '../../onnx/infer-shapes.ts'

/** What the nodes around a place in a graph are. */
export interface Surroundings {
  /** The node that computes a tensor; undefined for inputs and constants. */
  producer(tensor: string): Node | undefined
  /** The producer if it is an operator of that type. */
  producedBy(tensor: string, opType: string): Node | undefined
  readers(tensor: string): readonly Node[]
  /** Whether `first` comes before `second` in the order of the graph. */
  isBefore(first: Node, second: Node): boolean
  isGraphOutput(tensor: string): boolean
  constant(tensor: string): Tensor | undefined
  /** The sizes where shape inference knows them; a name stands for one it does not. */
  dims(tensor: string): readonly Dimension[] | undefined
  /** The sizes where all of them are known. */
  knownDims(tensor: string): readonly number[] | undefined
}

export function surroundingsOf(graph: Graph): Surroundings {
  const types = inferShapes(graph)
  const producers = new Map<string, Node>()
  const readers = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const name of node.outputs) producers.set(name, node)
    for (const name of new Set(node.inputs)) {
      const known = readers.get(name)
      if (known === undefined) readers.set(name, [node])
      else known.push(node)
    }
  }
  const positions = new Map(graph.nodes.map((node, index) => [node, index]))
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const dims = (tensor: string) => types.get(tensor)?.dims ?? graph.initializers.get(tensor)?.dims
  return {
    producer: (tensor) => producers.get(tensor),
    producedBy(tensor, opType) {
      const node = producers.get(tensor)
      return node?.opType === opType && node.domain === '' ? node : undefined
    },
    readers: (tensor) => readers.get(tensor) ?? [],
    isBefore: (first, second) => (positions.get(first) ?? Infinity) < (positions.get(second) ?? -Infinity),
    isGraphOutput: (tensor) => outputs.has(tensor),
    constant: (tensor) => graph.initializers.get(tensor),
    dims,
    knownDims(tensor) {
      const sizes = dims(tensor)
      return sizes?.every((size) => typeof size === 'number') ? sizes : undefined
    },
  }
}
