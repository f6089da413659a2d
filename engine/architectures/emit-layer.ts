import { type Attribute, type Tensor, float32Tensor } from '../onnx/graph.ts'
import { type GraphBuilder, float } from '../onnx/graph-builder.ts'
import type { Layer } from '../protocol/architecture.ts'

/** A tensor of the graph under construction: its name, and its shape without the batch. */
export interface Value {
  readonly name: string
  readonly shape: readonly number[]
}

/** Fresh values of the weights of a layer, by their shape. */
export type DrawWeights = (layer: string, dims: readonly number[]) => Tensor

/**
 * Appends a layer that reads `inputs` and gives a tensor of `outputShape` under its own name. Weights are
 * `<layer>.weight` ([F, C / groups, kH, kW] or [units, inputs]) and `<layer>.bias`; a batch normalisation has
 * `<layer>.mean` and `<layer>.variance` besides.
 */
export function emitLayer(
  builder: GraphBuilder,
  layer: Layer,
  inputs: readonly Value[],
  outputShape: readonly number[],
  draw: DrawWeights,
): void {
  const named = { name: layer.name }
  const names = inputs.map(({ name }) => name)
  const shape = inputs[0]?.shape ?? []
  const filled = (role: string, size: number, value: number) =>
    builder.initializer(`${layer.name}.${role}`, float32Tensor([size], new Float32Array(size).fill(value)))
  const simple = (operator: string, attributes: Readonly<Record<string, Attribute>> = {}) =>
    builder.op(operator, names, attributes, named)
  switch (layer.kind) {
    case 'conv': {
      const groups = layer.groups ?? 1
      const dims = [layer.filters, (shape[0] ?? 0) / groups, ...layer.kernel]
      const weight = builder.initializer(`${layer.name}.weight`, draw(layer.name, dims))
      const bias = (layer.bias ?? true) ? [filled('bias', layer.filters, 0)] : []
      const attributes = {
        ...window(layer),
        ...(groups === 1 ? {} : { group: groups }),
        ...(layer.dilation === undefined ? {} : { dilations: layer.dilation }),
      }
      builder.op('Conv', [...names, weight, ...bias], attributes, named)
      return
    }
    case 'maxPool':
    case 'averagePool': {
      const attributes = { ...window(layer), ...(layer.ceil === true ? { ceil_mode: 1 } : {}) }
      builder.op(layer.kind === 'maxPool' ? 'MaxPool' : 'AveragePool', names, attributes, named)
      return
    }
    case 'fullyConnected': {
      const flat =
        shape.length > 1 ? builder.op('Flatten', names, { axis: 1 }, { name: `${layer.name}/flat` }) : names[0]
      const units = outputShape[0] ?? 0
      const dims = [units, shape.reduce((product, size) => product * size, 1)]
      const weight = builder.initializer(`${layer.name}.weight`, draw(layer.name, dims))
      builder.op('Gemm', [flat ?? '', weight, filled('bias', units, 0)], { transB: 1 }, named)
      return
    }
    case 'batchNorm': {
      const channels = shape[0] ?? 0
      const parts = [
        filled('weight', channels, 1),
        filled('bias', channels, 0),
        filled('mean', channels, 0),
        filled('variance', channels, 1),
      ]
      builder.op('BatchNormalization', [...names, ...parts], {}, named)
      return
    }
    case 'localResponseNorm':
      builder.op(
        'LRN',
        names,
        { size: layer.size, alpha: float(layer.alpha), beta: float(layer.beta), bias: float(layer.bias) },
        named,
      )
      return
    case 'shortcut': {
      const { stride, channels } = layer
      const sparse =
        stride[0] * stride[1] === 1
          ? (names[0] ?? '')
          : builder.op('MaxPool', names, { kernel_shape: [1, 1], strides: stride }, { name: `${layer.name}/sparse` })
      const behind = channels - (shape[0] ?? 0)
      builder.op('Pad', [sparse, builder.ints([0, 0, 0, 0, 0, behind, 0, 0])], {}, named)
      return
    }
    case 'dropout':
      builder.op('Dropout', [...names, builder.scalar(layer.rate)], {}, named)
      return
    case 'concat':
      builder.op('Concat', names, { axis: 1 }, named)
      return
    case 'add':
      // A sum of more than two is one node too.
      simple(names.length === 2 ? 'Add' : 'Sum')
      return
    case 'leakyRelu':
      simple('LeakyRelu', { alpha: float(layer.slope) })
      return
    default:
      simple(operators[layer.kind])
  }
}

const operators = {
  relu: 'Relu',
  elu: 'Elu',
  gelu: 'Gelu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  globalMaxPool: 'GlobalMaxPool',
  globalAveragePool: 'GlobalAveragePool',
} as const satisfies Partial<Record<Layer['kind'], string>>

function window(layer: Extract<Layer, { kernel: [number, number] }>) {
  const { kernel, stride, padding } = layer
  return { kernel_shape: kernel, strides: stride, pads: [...padding, ...padding] }
}
