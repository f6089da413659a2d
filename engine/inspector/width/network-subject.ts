import { cutAtLogits } from '../../fine-tuning/cut-at-logits.ts'
import { buildResponseGraph, modelPrefix, pixelsName } from '../../fine-tuning/response-graph.ts'
import type { DescribedModel } from '../../models/describe-model.ts'
import { type GraphFacts, gatherFacts } from '../../models/graph-facts.ts'
import { type KernelLayer, findKernelLayers } from '../../models/kernel-layers.ts'
import { GraphBuilder } from '../../onnx/graph-builder.ts'
import { pruneGraph } from '../../onnx/graph-edit.ts'
import type { Graph } from '../../onnx/graph.ts'
import { inferShapes } from '../../onnx/infer-shapes.ts'
import type { Preprocessing } from '../../protocol/models.ts'
import { emitImage } from '../../training/training-step.ts'
import { InspectionError } from '../inspection-error.ts'

/** A network that takes `pixels`, uint8 [N, H, W, C], and gives a score for each class. */
export interface NetworkSubject {
  readonly graph: Graph
  readonly scores: string
  readonly classes: number
  /** Left out where nobody named them. */
  readonly classNames?: readonly string[]
  /** What the layer looked at gives first. */
  readonly layer: string
  /** How many pictures it takes at once where that is fixed. */
  readonly batch?: number
}

/** The network of a run, with its weights as initializers. */
export function subjectOfRun(graph: Graph, layer: string, classNames: readonly string[]): NetworkSubject {
  const builder = new GraphBuilder({ ...graph, nodes: [], inputs: [] })
  const [, channels, height, width] = graph.inputs[0]?.type?.dims ?? []
  builder.input({
    name: pixelsName,
    type: { dataType: 'uint8', dims: ['batch', height, width, channels].map((size) => size ?? 1) },
  })
  for (const node of graph.nodes) for (const name of node.outputs) builder.uniqueName(name)
  emitImage(builder)
  for (const node of graph.nodes) builder.add(node)
  return { graph: builder.build(graph.name), scores: 'logits', classes: classNames.length, classNames, layer }
}

/** A model file that is shown pictures of this size; its classes may have been given other names. Throws FineTuningError where it takes none, or gives no scores. */
export function subjectOfModel(
  model: DescribedModel,
  layer: string,
  preprocessing: Preprocessing,
  image: { readonly width: number; readonly height: number; readonly channels: number },
  classNames = model.summary.classNames,
): NetworkSubject {
  const response = buildResponseGraph(model, preprocessing, image)
  const { scores = '', batch } = response
  const whole = pruneGraph(response.graph, [{ name: scores, type: undefined }])
  const { graph, logits } = cutAtLogits(whole, inferShapes(whole))
  const output = model.layers.get(layer)?.node.outputs[0]
  if (output === undefined)
    throw new InspectionError('notFound', `${model.summary.title} has no layer “${layer}” with filters.`)
  return {
    graph,
    scores: logits.name,
    classes: logits.classes,
    layer: modelPrefix + output,
    ...(batch !== undefined && { batch }),
    ...(classNames !== undefined && { classNames }),
  }
}

/** The subject with a fixed number of pictures at once, and its layer. Throws InspectionError where there is no such layer. */
export function withBatch(
  { graph, layer }: NetworkSubject,
  batch: number,
): { readonly facts: GraphFacts; readonly layer: KernelLayer } {
  const inputs = graph.inputs.map((info) => {
    const { type } = info
    return type === undefined ? info : { ...info, type: { ...type, dims: [batch, ...type.dims.slice(1)] } }
  })
  const facts = gatherFacts({ ...graph, inputs })
  const found = findKernelLayers(facts).find(({ node }) => node.outputs[0] === layer)
  if (found === undefined) throw new InspectionError('notFound', `This network has no layer “${layer}” with filters.`)
  return { facts, layer: found }
}
