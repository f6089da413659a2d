import { describeNode } from '../onnx/graph-edit.ts'
import { type Graph, type Node, type Tensor, type TensorType, intAttribute } from '../onnx/graph.ts'
import { ModelError } from '../onnx/model-error.ts'
import type { LayerOperator } from '../protocol/models.ts'

/** A node whose weights are filters, each reading some channels of its input. */
export interface KernelLayer {
  readonly node: Node
  readonly operator: LayerOperator
  /** The initializer that holds the kernels. */
  readonly weight: string
  /** [F, C, kH, kW], C the channels one filter sees. */
  readonly shape: readonly [number, number, number, number]
  readonly groups: number
}

const operators: readonly string[] = ['Conv', 'ConvTranspose', 'Gemm', 'MatMul'] satisfies LayerOperator[]

/** The layers of `graph` that have filters, in the order of computation; `types` as inferShapes gives them. */
export function findKernelLayers(graph: Graph, types: ReadonlyMap<string, TensorType>): KernelLayer[] {
  const producers = new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
  return graph.nodes.flatMap((node) => {
    const weight = node.inputs[1] ?? ''
    const tensor = graph.initializers.get(weight)
    if (tensor === undefined || !operators.includes(node.opType) || node.domain !== '') return []
    const shape = kernelShape(node, tensor, mapBefore(node, producers, types))
    if (shape === undefined) return []
    const groups = intAttribute(node, 'group', 1)
    return [{ node, operator: node.opType as LayerOperator, weight, shape, groups }]
  })
}

/** float32 [F, C, kH, kW] of a layer, row-major. Throws ModelError for weights of another element type. */
export function readKernels(graph: Graph, layer: KernelLayer): Float32Array {
  const data = graph.initializers.get(layer.weight)?.data
  if (!(data instanceof Float32Array)) {
    throw new ModelError(`The weights '${layer.weight}' of the node ${describeNode(layer.node)} are not float32.`)
  }
  if (layer.operator === 'ConvTranspose') return inputAndOutputSwapped(data, layer)
  const isColumnMajor = layer.operator === 'MatMul' || intAttribute(layer.node, 'transB', 0) === 0
  return layer.operator === 'Conv' || !isColumnMajor ? data : transposed(data, layer.shape[0])
}

function kernelShape(
  node: Node,
  { dims }: Tensor,
  map: readonly number[] | undefined,
): [number, number, number, number] | undefined {
  const [first = 1, second = 1, height = 1, width = 1] = dims
  const groups = intAttribute(node, 'group', 1)
  if (node.opType === 'Conv') return dims.length === 4 ? [first, second, height, width] : undefined
  if (node.opType === 'ConvTranspose') {
    return dims.length === 4 ? [second * groups, first / groups, height, width] : undefined
  }
  if (dims.length !== 2) return undefined
  const [units, inputs] = intAttribute(node, 'transB', 0) === 1 ? [first, second] : [second, first]
  if (map === undefined || map.reduce((product, size) => product * size, 1) !== inputs) return [units, inputs, 1, 1]
  return [units, ...(map as [number, number, number])]
}

/** [C, H, W] of the map that a fully connected layer reads flattened. */
function mapBefore(
  node: Node,
  producers: ReadonlyMap<string, Node>,
  types: ReadonlyMap<string, TensorType>,
): readonly number[] | undefined {
  const before = producers.get(node.inputs[0] ?? '')
  if (before?.opType !== 'Flatten' && before?.opType !== 'Reshape') return undefined
  const map = types.get(before.inputs[0] ?? '')?.dims.slice(1)
  return map?.length === 3 && map.every((size) => typeof size === 'number') ? map : undefined
}

/** [inputs, units] as [units, inputs]. */
function transposed(data: Float32Array, units: number): Float32Array {
  const inputs = data.length / units
  const rows = new Float32Array(data.length)
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++) rows[unit * inputs + input] = data[input * units + unit] as number
  }
  return rows
}

/** [C·groups, F/groups, kH, kW] as [F, C, kH, kW]. */
function inputAndOutputSwapped(data: Float32Array, { shape, groups }: KernelLayer): Float32Array {
  const [filters, channels, height, width] = shape
  const area = height * width
  const filtersInGroup = filters / groups
  const kernels = new Float32Array(data.length)
  for (let filter = 0; filter < filters; filter++) {
    const group = Math.floor(filter / filtersInGroup)
    for (let channel = 0; channel < channels; channel++) {
      const from = ((group * channels + channel) * filtersInGroup + (filter % filtersInGroup)) * area
      kernels.set(data.subarray(from, from + area), (filter * channels + channel) * area)
    }
  }
  return kernels
}
