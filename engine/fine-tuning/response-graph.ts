import type { DescribedModel } from '../models/describe-model.ts'
import type { GraphFacts } from '../models/graph-facts.ts'
import { type KernelLayer, isConvolution } from '../models/kernel-layers.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { renameValues } from '../onnx/graph-edit.ts'
import type { Graph, Node } from '../onnx/graph.ts'
import type { Preprocessing } from '../protocol/models.ts'
import { emitPreprocessing } from './emit-preprocessing.ts'
import { FineTuningError } from './fine-tuning-error.ts'
import { batchSymbol } from './free-batch.ts'
import { inInferenceForm } from './inference-form.ts'

/** What is measured of each filter for each picture: float32 [N, F] each. */
export const responseQuantities = ['mean', 'minimum', 'maximum', 'aboveZero'] as const
export type ResponseQuantity = (typeof responseQuantities)[number]

/** A layer and the outputs of the graph that tell how its filters respond. */
export interface MeasuredLayer {
  readonly name: string
  readonly filters: number
  /** The operator behind which it is measured; left out where the layer leads into none of its own. */
  readonly activation?: string
  readonly outputs: Readonly<Record<ResponseQuantity, string>>
}

/** A model that takes pictures, uint8 [N,H,W,C], and gives how every filter responds to each of them. */
export interface ResponseGraph {
  readonly graph: Graph
  readonly layers: readonly MeasuredLayer[]
  /** Layers whose values are no maps of one channel for each filter. */
  readonly unmeasured: readonly string[]
  /** Scores of the classes, [N, classes] (with sizes of 1 behind); left out where the model gives none. */
  readonly scores?: string
  /** How many pictures it takes at once where the file fixes that. */
  readonly batch?: number
}

export const pixelsName = 'pixels'

/** Every value of the model gets this in front, so that it meets no name of what is built around it. */
export const modelPrefix = 'model:'

/**
 * Builds the graph for pictures of one size. Throws FineTuningError where the model takes no pictures, others, or more
 * than pictures.
 */
export function buildResponseGraph(
  { summary, facts, layers }: DescribedModel,
  preprocessing: Preprocessing,
  { width, height, channels }: { readonly width: number; readonly height: number; readonly channels: number },
): ResponseGraph {
  const { image, title, output } = summary
  if (image?.channels !== channels || (image.width ?? width) !== width || (image.height ?? height) !== height) {
    const taken = image === undefined ? 'no pictures' : `${image.channels}×${image.height ?? '?'}×${image.width ?? '?'}`
    throw new FineTuningError(
      `${title} takes ${taken}, but the pictures are ${channels}×${height}×${width}; set the size of the pictures to what it takes.`,
    )
  }
  const others = facts.graph.inputs.filter(({ name }) => name !== image.name)
  if (others.length > 0) {
    throw new FineTuningError(
      `${title} takes more than pictures (${others.map(({ name }) => name).join(', ')}), so it cannot be shown pictures alone.`,
    )
  }
  const model = withOwnNames(facts.graph)
  const builder = new GraphBuilder({ ...model, nodes: [], inputs: [], outputs: [] })
  const batch = image.batch ?? batchSymbol
  builder.input({ name: pixelsName, type: { dataType: 'uint8', dims: [batch, height, width, channels] } })
  const numbers = builder.op('Cast', [pixelsName], { to: 1 })
  builder.op('Transpose', [numbers], { perm: [0, 3, 1, 2] }, { name: 'image' })
  emitPreprocessing(builder, preprocessing, image.layout, channels, modelPrefix + image.name)
  // A node is called as what it gives: the name it has may be one of those around it.
  for (const node of model.nodes) builder.add({ ...inInferenceForm(node), name: node.outputs[0] ?? '' })
  const measured: MeasuredLayer[] = []
  const unmeasured: string[] = []
  for (const [name, layer] of layers) {
    const found = measure(builder, name, layer, facts)
    if (found === undefined) unmeasured.push(name)
    else measured.push(found)
  }
  const scores = output.kind === 'unknown' ? undefined : modelPrefix + output.name
  if (scores !== undefined) builder.output({ name: scores, type: undefined })
  return {
    graph: builder.build(facts.graph.name),
    layers: measured,
    unmeasured,
    ...(scores !== undefined && { scores }),
    ...(image.batch !== undefined && { batch: image.batch }),
  }
}

function withOwnNames(graph: Graph): Graph {
  const names = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ]
  return renameValues(graph, new Map(names.filter((name) => name !== '').map((name) => [name, modelPrefix + name])))
}

/** undefined where the layer's values are not laid out as one channel for each filter. */
function measure(
  builder: GraphBuilder,
  name: string,
  layer: KernelLayer,
  facts: GraphFacts,
): MeasuredLayer | undefined {
  const { value, activation } = valueAfterActivation(layer.node, facts)
  const type = facts.types.get(value)
  const [filters] = layer.shape
  const rank = type?.dims.length ?? 0
  const channelAxis = isConvolution(layer.operator) ? 1 : rank - 1
  if (type?.dataType !== 'float32' || channelAxis < 1 || type.dims[channelAxis] !== filters) return undefined
  const axes = Array.from({ length: rank }, (_, axis) => axis).filter((axis) => axis !== 0 && axis !== channelAxis)
  const over = (operator: string, values: string, quantity: ResponseQuantity): string => {
    const options = { name: `response/${name}/${quantity}` }
    const reduced =
      axes.length === 0
        ? builder.op('Identity', [values], {}, options)
        : builder.op(operator, [values, builder.ints(axes)], { keepdims: 0 }, options)
    builder.output({ name: reduced, type: undefined })
    return reduced
  }
  const measured = modelPrefix + value
  const isAbove = builder.op('Greater', [measured, builder.scalar(0)])
  return {
    name,
    filters,
    ...(activation !== undefined && { activation }),
    outputs: {
      mean: over('ReduceMean', measured, 'mean'),
      minimum: over('ReduceMin', measured, 'minimum'),
      maximum: over('ReduceMax', measured, 'maximum'),
      aboveZero: over('ReduceMean', builder.op('Cast', [isAbove], { to: 1 }), 'aboveZero'),
    },
  }
}

/** Operators between a layer and its activation that belong to the layer where all they take beside it is constant. */
const between: ReadonlySet<string> = new Set([
  ...['BatchNormalization', 'InstanceNormalization', 'GroupNormalization', 'LayerNormalization'],
  ...['Identity', 'Dropout', 'Cast', 'Add', 'Sub', 'Mul', 'Div'],
])

/** Activations that keep what is below zero from being above it: those that give a share of 0 to 1 are always above. */
const activations: ReadonlySet<string> = new Set([
  ...['Relu', 'LeakyRelu', 'PRelu', 'Elu', 'Selu', 'Celu', 'Clip', 'ThresholdedRelu', 'HardSwish', 'Gelu', 'Mish'],
  ...['Tanh', 'Softsign'],
])

/** The value behind the activation that a layer leads into, with its bias and normalisation; else the value before it. */
function valueAfterActivation(
  { outputs }: Node,
  { links, constants }: GraphFacts,
): { readonly value: string; readonly activation?: string } {
  let value = outputs[0] ?? ''
  for (;;) {
    const next = links.onlyConsumer(value)
    const [output = ''] = next?.outputs ?? []
    if (next === undefined || next.domain !== '') return { value }
    if (activations.has(next.opType) && next.inputs[0] === value) return { value: output, activation: next.opType }
    // A sum with another branch is more than this layer's answer.
    const isOwn = next.inputs.every((name) => name === value || name === '' || constants.origin(name) !== undefined)
    if (!between.has(next.opType) || !isOwn) return { value }
    value = output
  }
}
