import { float32Tensor, type Graph } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Architecture, IMAGE, type InputShape } from '../protocol/architecture.ts'
import { randomStream } from '../random/stream.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { type DrawWeights, emitLayer, type Value } from './emit-layer.ts'
import { type Initializer, initialWeights } from './initial-weights.ts'
import { inputNames } from './layer-inputs.ts'

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
 * Throws ArchitectureError where a layer cannot be built.
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
  const image = [input.channels, input.height, input.width]
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', ...image] } })
  const values = new Map<string, Value>([[IMAGE, { name: normalize(builder, normalization), shape: image }]])
  const draw: DrawWeights = (layer, dims) => initialWeights(dims, initializer, randomStream(seed, 'weights', layer))
  architecture.layers.forEach((layer, index) => {
    const inputs = inputNames(architecture, index).map((name) => values.get(name) as Value)
    const shape = description.layers[index]?.outputShape ?? []
    emitLayer(builder, layer, inputs, shape, draw)
    values.set(layer.name, { name: layer.name, shape })
  })
  const last = values.get(architecture.layers.at(-1)?.name ?? IMAGE) as Value
  const isFlat = last.shape.length === 1
  const scores = isFlat ? last.name : builder.op('Flatten', [last.name], { axis: 1 }, { name: 'flat' })
  builder.op('Identity', [scores], {}, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: ['batch', input.classes] } })
  return builder.build(architecture.name)
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
