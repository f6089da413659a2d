import { rules } from '../autodiff/registry.ts'
import { differentiableTensors, findObstacles } from '../autodiff/obstacles.ts'
import { isReservedName } from '../architectures/reserved-names.ts'
import type { Initializer } from '../architectures/initial-weights.ts'
import { describeModel } from '../models/describe-model.ts'
import { inFloat32 } from '../models/float32-graph.ts'
import { gatherFacts } from '../models/graph-facts.ts'
import { type KernelLayer, findKernelLayers } from '../models/kernel-layers.ts'
import type { ModelFile } from '../models/model-file.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { describeNode, renameValues } from '../onnx/graph-edit.ts'
import { type Graph, INTERNAL_OPSET, type Tensor } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import type { ImageInput, ModelLayer } from '../protocol/models.ts'
import type { ModelNetworkSettings } from '../protocol/network.ts'
import { type Logits, cutAtLogits } from './cut-at-logits.ts'
import { emitPreprocessing } from './emit-preprocessing.ts'
import { FineTuningError } from './fine-tuning-error.ts'
import { batchSymbol, freeBatch } from './free-batch.ts'
import { type Head, findHead } from './head.ts'
import { inInferenceForm } from './inference-form.ts'
import { type FoundParameters, findParameters } from './parameters.ts'
import { replaceHead } from './replace-head.ts'

export interface ImportOptions {
  /** Of the pictures. */
  readonly image: { readonly width: number; readonly height: number; readonly channels: number }
  readonly classes: number
  readonly initializer: Initializer
  readonly seed: number
}

/** A weight that learns, and how fast. */
export interface LearningParameter {
  readonly name: string
  readonly layer: string
  readonly learningRateFactor: number
}

export interface ImportedLayer {
  readonly layer: ModelLayer
  readonly kernels: KernelLayer
}

/** The network of a model file as a run trains it. */
export interface ImportedNetwork {
  /** From `image`, float32 [batch,C,H,W] with pixels 0–255, to `logits`; what a layer gives has the layer's name. */
  readonly graph: Graph
  readonly parameters: readonly LearningParameter[]
  /** The normalisations whose statistics are trained. */
  readonly normalizations: FoundParameters['normalizations']
  /** In the order of computation, as they are in `graph`: a replaced head has its new shape. */
  readonly layers: readonly ImportedLayer[]
  /** What to change in the file beside its weights, see ModelEdits. */
  readonly freshValues: ReadonlyMap<string, Tensor>
  readonly targetShapes: ReadonlyMap<string, readonly number[]>
  /** Whether the file computes in another floating-point type than float32, which is what is trained and written. */
  readonly isConverted: boolean
  readonly input: ImageInput
  readonly logits: Logits
  /** The name in the file of every value that is called otherwise in `graph`. */
  readonly fileNames: ReadonlyMap<string, string>
}

/**
 * Makes a model ready to be trained on a data set: cut at its scores, for any number of pictures, with the pixels'
 * preprocessing in front and where asked for a new head. Throws FineTuningError with everything that stands in the way.
 */
export function importNetwork(
  file: ModelFile,
  settings: ModelNetworkSettings,
  options: ImportOptions,
): ImportedNetwork {
  const { summary } = describeModel(file)
  const original = inFloat32(file.model.graph)
  const input = requireImage(summary.image, summary.title)
  requireSize(input, options.image, summary.title)
  requireLayerNames(settings, summary.layers)
  requireFloats(original, summary.title)
  const types = inferShapes(original)
  const cut = cutAtLogits(original, types)
  const freed = freeBatch(cut.graph, input.name, types)
  const headed = withHead(freed.graph, cut.logits, settings.head, options)
  const layers = layersIn(headed.graph, summary.layers)
  const named = withOwnNames(headed.graph, layers)
  const graph = withFrame(
    named.graph,
    named.nameOf(cut.logits.name),
    named.nameOf(input.name),
    input,
    settings,
    options,
  )
  const found = findParameters(graph, new Map(layers.map(({ name }) => [name, name])))
  const headLayer = layers.find(({ nodeId }) => nodeId === headed.layer)?.name ?? layers.at(-1)?.name
  const parameters = learningParameters(found, settings, headLayer)
  requireNoObstacle(graph, parameters, layers, summary.title)
  const isFrozen = settings.batchNormalization === 'frozen'
  const learning = new Set(parameters.map(({ layer }) => layer))
  return {
    graph,
    parameters,
    normalizations: isFrozen ? [] : found.normalizations.filter(({ layer }) => learning.has(layer)),
    layers: describeLayers(graph, layers),
    freshValues: headed.values,
    targetShapes: new Map([...freed.targetShapes, ...headed.targetShapes]),
    isConverted: original !== file.model.graph,
    input,
    logits: cut.logits,
    fileNames: named.fileNames,
  }
}

const quantized = /^(Quantize|Dequantize|DynamicQuantize)Linear$|^QLinear|Integer$/

function requireFloats(graph: Graph, title: string): void {
  const inIntegers = graph.nodes.filter(({ opType }) => quantized.test(opType))
  const [first] = inIntegers
  if (first !== undefined) {
    throw new FineTuningError(
      `${title} is quantised: ${inIntegers.length} of its nodes compute with integers, the first being ${describeNode(first)}, and no gradient passes them; choose the float32 model it was made of.`,
    )
  }
  const other = graph.inputs.find(({ type }) => type !== undefined && type.dataType !== 'float32')
  if (other === undefined) return
  throw new FineTuningError(
    `${title} takes ${other.type?.dataType} at its input '${other.name}', and only networks of floating-point numbers are trained; choose the model with such an input.`,
  )
}

function requireImage(image: ImageInput | undefined, title: string): ImageInput {
  if (image !== undefined && (image.channels === 1 || image.channels === 3)) return image
  const found = image === undefined ? 'no input for pictures' : `pictures of ${image.channels} channels`
  throw new FineTuningError(
    `${title} takes ${found}, so it cannot be trained on pictures; choose a model with an input [batch, 1 or 3, height, width].`,
  )
}

function requireSize(input: ImageInput, image: ImportOptions['image'], title: string): void {
  const fits =
    input.channels === image.channels &&
    (input.width === undefined || input.width === image.width) &&
    (input.height === undefined || input.height === image.height)
  if (fits) return
  const size = `${input.width ?? image.width}×${input.height ?? image.height}×${input.channels}`
  throw new FineTuningError(
    `${title} takes pictures of ${size}, but those of the data set are ${image.width}×${image.height}×${image.channels}; set the size of the pictures to ${size}.`,
  )
}

function requireLayerNames(settings: ModelNetworkSettings, layers: readonly ModelLayer[]): void {
  const known = layers.map(({ name }) => name)
  const unknown = [...settings.frozen, ...Object.keys(settings.learningRateFactors)].find(
    (name) => !known.includes(name),
  )
  if (unknown === undefined) return
  throw new FineTuningError(`The model has no layer "${unknown}"; its layers are ${known.join(', ')}.`)
}

interface Headed {
  readonly graph: Graph
  /** The value that the last layer gives; undefined where it was not looked for. */
  readonly layer: string | undefined
  readonly values: ReadonlyMap<string, Tensor>
  readonly targetShapes: ReadonlyMap<string, readonly number[]>
}

function withHead(graph: Graph, logits: Logits, wish: ModelNetworkSettings['head'], options: ImportOptions): Headed {
  const { classes, initializer, seed } = options
  const search = findHead(graph, logits.name, logits.classes, inferShapes(graph))
  const layer = search.kind === 'found' ? search.head.layer.outputs[0] : undefined
  if (wish !== 'replace' && logits.classes === classes) {
    return { graph, layer, values: new Map(), targetShapes: new Map() }
  }
  if (wish === 'keep') {
    throw new FineTuningError(
      `The model tells ${logits.classes} classes apart and the data set has ${classes}, so its last layer cannot be kept; replace it.`,
    )
  }
  return { ...replaceHead(graph, requireHead(search, logits, classes), classes, initializer, seed), layer }
}

function requireHead(search: ReturnType<typeof findHead>, logits: Logits, classes: number): Head {
  if (search.kind === 'found') return search.head
  throw new FineTuningError(
    `The last layer of the model cannot be replaced for ${classes} classes: ${search.reason}; only data with ${logits.classes} classes can train it.`,
  )
}

function layersIn(graph: Graph, layers: readonly ModelLayer[]): ModelLayer[] {
  const outputs = new Set(graph.nodes.map((node) => node.outputs[0]))
  return layers.filter(({ nodeId, body }) => body === undefined && outputs.has(nodeId))
}

/** Calls what each layer gives by the layer's name, and nothing by one that the graphs around the network use. */
function withOwnNames(graph: Graph, layers: readonly ModelLayer[]) {
  const wanted = new Map(layers.map(({ nodeId, name }) => [nodeId, name]))
  const taken = new Set(wanted.values())
  const names = new Map(wanted)
  const present = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.initializers.keys(),
    ...graph.nodes.flatMap((node) => node.outputs),
  ])
  for (const name of present) {
    if (wanted.has(name) || !(taken.has(name) || isReservedName(name) || name.startsWith('image/'))) continue
    let free = `model:${name}`
    while (present.has(free) || taken.has(free)) free = `model:${free}`
    names.set(name, free)
  }
  const nameOf = (name: string): string => names.get(name) ?? name
  const fileNames = new Map([...names].map(([original, own]) => [own, original] as const))
  return { graph: renameValues(graph, names), nameOf, fileNames }
}

/** Pixels in front, and behind the scores a last step to `logits` [batch, classes]. */
function withFrame(
  graph: Graph,
  scores: string,
  target: string,
  input: ImageInput,
  { preprocessing }: ModelNetworkSettings,
  { image, classes }: ImportOptions,
): Graph {
  const builder = new GraphBuilder({ ...graph, nodes: [], inputs: [], outputs: [] })
  for (const node of graph.nodes) for (const name of node.outputs) builder.uniqueName(name)
  builder.uniqueName(target)
  const { channels, height, width } = image
  builder.input({ name: 'image', type: { dataType: 'float32', dims: [batchSymbol, channels, height, width] } })
  emitPreprocessing(builder, preprocessing, input.layout, channels, target)
  // A node is called as what it gives, because the graphs around the network have nodes of their own.
  for (const node of graph.nodes) builder.add({ ...inInferenceForm(node), name: node.outputs[0] ?? '' })
  builder.op('Flatten', [scores], { axis: 1 }, { name: 'logits' })
  builder.output({ name: 'logits', type: { dataType: 'float32', dims: [batchSymbol, classes] } })
  const framed = builder.build(graph.name, graph.documentation)
  const dims = inferShapes(framed).get(scores)?.dims
  if (dims?.[0] !== batchSymbol || dims[1] !== classes) {
    throw new FineTuningError(
      `The model works on a fixed number of pictures in a way that cannot be undone (its scores come out as [${dims?.join(', ') ?? '?'}]); export it with a free batch size.`,
    )
  }
  return framed
}

function learningParameters(
  found: FoundParameters,
  settings: ModelNetworkSettings,
  headLayer: string | undefined,
): LearningParameter[] {
  const frozen = new Set(settings.frozen)
  const factorOf = (layer: string) =>
    frozen.has(layer)
      ? 0
      : (settings.learningRateFactors[layer] ?? (layer === headLayer ? 1 : settings.bodyLearningRateFactor))
  const parameters = found.parameters
    .map(({ name, layer }) => ({ name, layer, learningRateFactor: factorOf(layer) }))
    .filter(({ learningRateFactor }) => learningRateFactor > 0)
  if (parameters.length > 0) return parameters
  const nothing =
    found.parameters.length === 0
      ? 'The model has no weights in float32 that could learn, so it cannot be trained.'
      : 'Every layer of the model is frozen or has the learning rate 0, so nothing would learn; let at least the last one learn.'
  throw new FineTuningError(nothing)
}

/** Throws FineTuningError naming every node at once, and what to freeze so that the rest can be trained. */
function requireNoObstacle(
  graph: Graph,
  learning: readonly LearningParameter[],
  layers: readonly ModelLayer[],
  title: string,
): void {
  const names = learning.map(({ name }) => name)
  const obstacles = findObstacles(graph, 'logits', names, rules)
  const possible = new Set(differentiableTensors(graph, 'logits', names, rules))
  if (obstacles.length === 0 && possible.size === names.length) return
  const stuck = new Set(learning.filter(({ name }) => !possible.has(name)).map(({ layer }) => layer))
  const last = layers.findLastIndex(({ name }) => stuck.has(name))
  const offer =
    last >= 0 && last < layers.length - 1
      ? `freeze everything up to "${layers[last]?.name}" to train what lies behind`
      : 'nothing behind it is left to train'
  const listed = obstacles.map(
    ({ node, operator, reason }) => `${operator} "${node.name}" ${reason.replace(/[.]$/, '')}`,
  )
  const cause =
    listed.length > 0
      ? `no gradient passes these nodes: ${listed.join('; ')}`
      : `its scores do not change smoothly with the weights of ${[...stuck].map((name) => `"${name}"`).join(', ')}`
  throw new FineTuningError(`${title} cannot be trained as it is, because ${cause}; ${offer}.`)
}

function describeLayers(graph: Graph, layers: readonly ModelLayer[]): ImportedLayer[] {
  const names = new Set(layers.map(({ name }) => name))
  const model = { graph, producerName: '', producerVersion: '', originalOpset: INTERNAL_OPSET, metadata: {} }
  const { summary } = describeModel({ path: '', model, byteLength: 0 })
  const found = new Map(findKernelLayers(gatherFacts(graph)).map((kernels) => [kernels.node.outputs[0], kernels]))
  return summary.layers.flatMap((layer) => {
    const kernels = found.get(layer.nodeId)
    if (kernels === undefined || !names.has(layer.nodeId)) return []
    // What it gives is called as the layer is in the file; its weights need not be.
    return [{ layer: { ...layer, name: layer.nodeId }, kernels }]
  })
}
