import { float32Tensor, type Graph } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Architecture, type ArchitectureDescription, IMAGE, type InputShape } from '../protocol/architecture.ts'
import { randomStream } from '../random/stream.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { type DrawWeights, emitLayer, type Value } from './emit-layer.ts'
import { headAsNetwork } from './head-layers.ts'
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

/** Where a head gives its scores for training: a tensor [batch, classes], and how much its loss counts. */
export interface HeadScores {
  readonly logits: string
  readonly weight: number
}

/** A network as training sees it, with the auxiliary heads of its architecture behind its own layers. */
export interface NetworkWithHeads {
  readonly graph: Graph
  readonly heads: readonly HeadScores[]
}

/**
 * The forward graph with freshly drawn weights, without auxiliary heads.
 * Input `image` [batch, C, H, W] holds raw pixels 0–255, so that normalisation travels with the model;
 * every layer's output tensor has the layer's name; the output is `logits` [batch, classes].
 * Throws ArchitectureError where a layer cannot be built.
 */
export function buildNetwork(
  { heads: _heads, ...architecture }: Architecture,
  input: InputShape,
  normalization: Normalization,
  initializer: Initializer,
  seed: number,
): Graph {
  return buildNetworkWithHeads(architecture, input, normalization, initializer, seed).graph
}

/**
 * The graph of `buildNetwork`, with the same weights, and the auxiliary heads in it, each with an output more,
 * float32 [batch, classes]. Throws ArchitectureError where a layer of the network or of a head cannot be built.
 */
export function buildNetworkWithHeads(
  architecture: Architecture,
  input: InputShape,
  normalization: Normalization,
  initializer: Initializer,
  seed: number,
): NetworkWithHeads {
  const description = describeArchitecture(architecture, input)
  if (description.error !== undefined) throw new ArchitectureError(description.error.message)
  const builder = new GraphBuilder()
  const image = [input.channels, input.height, input.width]
  builder.input({ name: 'image', type: { dataType: 'float32', dims: ['batch', ...image] } })
  const values = new Map<string, Value>([[IMAGE, { name: normalize(builder, normalization), shape: image }]])
  const draw: DrawWeights = (layer, dims) => initialWeights(dims, initializer, randomStream(seed, 'weights', layer))
  const emit = (list: Architecture, layers: ArchitectureDescription['layers'], scores: string, flat: string) => {
    emitLayers(builder, list, layers, values, draw)
    const last = values.get(list.layers.at(-1)?.name ?? IMAGE) as Value
    const isFlat = last.shape.length === 1
    const given = isFlat ? last.name : builder.op('Flatten', [last.name], { axis: 1 }, { name: flat })
    builder.op('Identity', [given], {}, { name: scores })
    builder.output({ name: scores, type: { dataType: 'float32', dims: ['batch', input.classes] } })
  }
  emit(architecture, description.layers, 'logits', 'flat')
  const heads = (architecture.heads ?? []).map((head, index) => {
    const logits = `logits/head${index + 1}`
    emit(headAsNetwork(architecture, head), description.heads?.[index]?.layers ?? [], logits, `${logits}/flat`)
    return { logits, weight: head.weight }
  })
  return { graph: builder.build(architecture.name), heads }
}

/** Appends layers that read each other and `values`, to which it adds what they give. */
function emitLayers(
  builder: GraphBuilder,
  architecture: Architecture,
  described: ArchitectureDescription['layers'],
  values: Map<string, Value>,
  draw: DrawWeights,
): void {
  architecture.layers.forEach((layer, index) => {
    const inputs = inputNames(architecture, index).map((name) => values.get(name) as Value)
    const shape = described[index]?.outputShape ?? []
    emitLayer(builder, layer, inputs, shape, draw)
    values.set(layer.name, { name: layer.name, shape })
  })
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
