import { float32Tensor, type Graph } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import type { Architecture, InputShape } from '../protocol/architecture.ts'
import { randomStream } from '../random/stream.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { type Initializer, initialWeights } from './initial-weights.ts'

/** The picture as the first layer reads it, normalised: [batch, C, H, W]. */
const normalizedImageName = 'image/normalized'

/** Per channel, of pixels scaled to 0–1. */
export interface Normalization {
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
}

/** An architecture that cannot be built for this input; the message names the layer and shows the arithmetic. */
export class ArchitectureError extends Error {
  override readonly name = 'ArchitectureError'
}

/**
 * The forward graph with freshly drawn weights.
 * Input `image` [batch, C, H, W] holds raw pixels 0–255, so that normalisation travels with the model;
 * every layer's output tensor has the layer's name; the output is `logits` [batch, classes].
 * Weights are `<layer>.weight` ([F,C,kH,kW] or [units, inputs]) and `<layer>.bias`.
 * Throws ArchitectureError where a size comes out below 1.
 */
export function buildNetwork(
  architecture: Architecture,
  input: InputShape,
  normalization: Normalization,
  initializer: Initializer,
  seed: number,
): Graph {
  const description = describeArchitecture(architecture, input)
  if (description.error !== undefined) throw new ArchitectureError(description.error.message)
  const builder = new GraphBuilder()
  builder.input({
    name: 'image',
    type: { dataType: 'float32', dims: ['batch', input.channels, input.height, input.width] },
  })
  let current = normalize(builder, normalization)
  let shape: readonly number[] = [input.channels, input.height, input.width]
  architecture.layers.forEach((layer, index) => {
    const outputShape = description.layers[index]?.outputShape ?? shape
    const named = { name: layer.name }
    switch (layer.kind) {
      case 'conv': {
        const weight = parameter('weight', [layer.filters, shape[0] as number, ...layer.kernel])
        const bias = parameter('bias', [layer.filters])
        const attributes = { kernel_shape: layer.kernel, ...slide(layer.stride, layer.padding) }
        current = builder.op('Conv', [current, weight, bias], attributes, named)
        break
      }
      case 'relu':
        current = builder.op('Relu', [current], {}, named)
        break
      case 'maxPool':
        current = builder.op(
          'MaxPool',
          [current],
          { kernel_shape: layer.kernel, ...slide(layer.stride, layer.padding) },
          named,
        )
        break
      case 'averagePool':
        current = builder.op(
          'AveragePool',
          [current],
          { kernel_shape: layer.kernel, ...slide(layer.stride, layer.padding) },
          named,
        )
        break
      case 'dropout':
        current = builder.op('Dropout', [current, builder.scalar(layer.rate)], {}, named)
        break
      case 'fullyConnected': {
        if (shape.length > 1) current = builder.op('Flatten', [current], { axis: 1 }, { name: `${layer.name}/flat` })
        const inputs = shape.reduce((product, size) => product * size, 1)
        const weight = parameter('weight', [outputShape[0] as number, inputs])
        const bias = parameter('bias', [outputShape[0] as number])
        current = builder.op('Gemm', [current, weight, bias], { transB: 1 }, named)
      }
    }
    shape = outputShape

    function parameter(role: 'weight' | 'bias', dims: readonly number[]): string {
      const name = `${layer.name}.${role}`
      const tensor =
        role === 'bias'
          ? float32Tensor(dims, new Float32Array(dims[0] as number))
          : initialWeights(dims, initializer, randomStream(seed, 'weights', layer.name))
      return builder.initializer(name, tensor)
    }
  })
  if (shape.length > 1) current = builder.op('Flatten', [current], { axis: 1 }, { name: 'flat' })
  builder.op('Identity', [current], {}, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: ['batch', input.classes] } })
  return builder.build(architecture.name)
}

function slide(stride: readonly [number, number], padding: readonly [number, number]) {
  return { strides: stride, pads: [...padding, ...padding] }
}

/** (pixel / 255 − mean) / deviation as one subtraction and one multiplication. */
function normalize(builder: GraphBuilder, { mean, standardDeviation }: Normalization): string {
  const perChannel = (values: readonly number[]) => float32Tensor([1, values.length, 1, 1], Float32Array.from(values))
  const offset = builder.constant('image/mean', perChannel(mean.map((value) => 255 * value)))
  // A channel without any variation stays at 0 instead of dividing by it.
  const scale = standardDeviation.map((value) => 1 / (255 * (value > 1e-6 ? value : 1)))
  const factor = builder.constant('image/scale', perChannel(scale))
  const centred = builder.op('Sub', ['image', offset], {}, { name: 'image/centred' })
  return builder.op('Mul', [centred, factor], {}, { name: normalizedImageName })
}
