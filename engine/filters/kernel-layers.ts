import type { Graph, Node, Tensor } from '../onnx/graph.ts'

/** A layer whose weights are filters: a convolution, or the rows of a fully connected layer. */
export interface FilterLayer {
  readonly name: string
  readonly operator: 'Conv' | 'Gemm'
  /** The initializer that holds the kernels. */
  readonly weight: string
  /** [F, C, kH, kW]; rows of a fully connected layer take the shape of the map they read, where it is one. */
  readonly shape: readonly [number, number, number, number]
}

/**
 * The filter layers of `graph` in the order of computation, named after the tensor they produce.
 * `mapShapeOf` gives the [C, H, W] of a tensor where it is known; used for the fan-in of fully connected layers.
 */
export function findFilterLayers(
  graph: Graph,
  mapShapeOf: (tensor: string) => readonly [number, number, number] | undefined,
): FilterLayer[] {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  return graph.nodes.flatMap((node) => {
    const weight = graph.initializers.get(node.inputs[1] ?? '')
    if (weight === undefined) return []
    const shape = filterShape(node, weight, producers, mapShapeOf)
    if (shape === undefined || (node.opType !== 'Conv' && node.opType !== 'Gemm')) return []
    return [{ name: node.outputs[0] as string, operator: node.opType, weight: node.inputs[1] as string, shape }]
  })
}

function filterShape(
  node: Node,
  weight: Tensor,
  producers: ReadonlyMap<string, Node>,
  mapShapeOf: (tensor: string) => readonly [number, number, number] | undefined,
): [number, number, number, number] | undefined {
  const [first = 1, second = 1, height = 1, width = 1] = weight.dims
  if (node.opType === 'Conv' && weight.dims.length === 4) return [first, second, height, width]
  const isRowMajor = node.attributes['transB']?.kind === 'int' && node.attributes['transB'].value === 1
  if (node.opType !== 'Gemm' || weight.dims.length !== 2 || !isRowMajor) return undefined
  const before = producers.get(node.inputs[0] ?? '')
  const map = before?.opType === 'Flatten' ? mapShapeOf(before.inputs[0] ?? '') : undefined
  if (map !== undefined && map[0] * map[1] * map[2] === second) return [first, ...map]
  return [first, second, 1, 1]
}
