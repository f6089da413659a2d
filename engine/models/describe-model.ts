import { basename, extname } from 'node:path'
import type { ValueInfo } from '../onnx/graph.ts'
import type { ModelLayer, ModelSummary, ModelValue } from '../protocol/models.ts'
import { describeOutput, findHead } from './class-output.ts'
import { findClassNames } from './class-names.ts'
import { type BodyLayer, findBodyLayers, whyNotInBody } from './body-layers.ts'
import { type NamedLayer, describeLayers } from './describe-layers.ts'
import { filterGains } from './filter-gains.ts'
import { inFloat32 } from './float32-graph.ts'
import { type GraphFacts, gatherFacts } from './graph-facts.ts'
import { findImageInput } from './image-input.ts'
import { type KernelLayer, type KernelShape, findKernelLayers } from './kernel-layers.ts'
import { nameLayers } from './layer-names.ts'
import type { ModelFile } from './model-file.ts'
import { describeNodes } from './model-nodes.ts'
import { countOtherParameters } from './normalizations.ts'
import { findPreprocessing } from './preprocessing.ts'
import { readKernels } from './read-kernels.ts'
import { findTrainability } from './trainability.ts'

/** A model with what was found out about it. */
export class DescribedModel {
  readonly summary: ModelSummary
  /** Of its graph in float32. */
  readonly facts: GraphFacts
  /** By the names the summary gives them, in the order of computation, but for those in bodies. */
  readonly layers: ReadonlyMap<string, KernelLayer>
  readonly #inBodies: readonly NamedLayer[]

  constructor(
    summary: ModelSummary,
    facts: GraphFacts,
    layers: ReadonlyMap<string, KernelLayer>,
    inBodies: readonly NamedLayer[],
  ) {
    this.summary = summary
    this.facts = facts
    this.layers = layers
    this.#inBodies = inBodies
  }

  /** The layer's kernels, float32 [F, C, kH, kW]; undefined where there is no such layer. Throws ModelError where they are too large. */
  kernels(name: string): { readonly dims: KernelShape; readonly data: Float32Array } | undefined {
    const layer = this.layers.get(name)
    if (layer !== undefined) return { dims: layer.shape, data: readKernels(layer, this.facts.constants) }
    const inBody = this.#inBodies.find((one) => one.name === name)
    return inBody && { dims: inBody.layer.shape, data: readKernels(inBody.layer, inBody.facts.constants) }
  }

  /** What a batch normalisation behind the layer multiplies each filter by; undefined where there is none. */
  gains(name: string): Float64Array | undefined {
    const layer = this.layers.get(name)
    return layer && filterGains(layer, this.facts)
  }
}

/**
 * Finds out what a model is: its layers with filters, what it takes and gives, what stands in the way of training it.
 * Throws ModelError where its shapes do not fit its operators.
 */
export function describeModel({ path, model, byteLength }: ModelFile): DescribedModel {
  const facts = gatherFacts(inFloat32(model.graph))
  const found = findKernelLayers(facts)
  const all = inOrder(found, findBodyLayers(facts), facts)
  const names = nameLayers(all.map(({ layer }) => layer))
  const everyLayer = all.map((layer, index): NamedLayer => ({ ...layer, name: names[index] as string }))
  const named = everyLayer.filter(({ outer }) => outer === undefined)
  const image = findImageInput(facts, found)
  const preprocessing = image && findPreprocessing(image, model.metadata, facts)
  const output = describeOutput(facts)
  const classNames = findClassNames(path, model.metadata, output.classes)
  const head = findHead(output, named, facts)
  const { training, whyNot } = findTrainability(named, output.name, image, facts)
  const storedTypes = new Map([...model.graph.initializers].map(([name, { dataType }]) => [name, dataType]))
  const layers = describeLayers(everyLayer, storedTypes).map((layer, index): ModelLayer => {
    const outer = everyLayer[index]?.outer
    const reason = outer === undefined ? whyNot.get(layer.name) : whyNotInBody(outer)
    return { ...layer, trainable: reason === undefined, ...(reason !== undefined && { whyNot: reason }) }
  })
  const multiplyAdds = layers.map((layer) => layer.multiplyAdds)
  const ownParameters = layers.filter(({ sharedWith }) => sharedWith === undefined).map(({ parameters }) => parameters)
  const summary: ModelSummary = {
    path,
    title: basename(path, extname(path)),
    byteLength,
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    opset: model.originalOpset,
    inputs: model.graph.inputs.map((input) => describeValue(input, facts)),
    outputs: model.graph.outputs.map((value) => describeValue(value, facts)),
    ...(image !== undefined && { image }),
    ...(preprocessing !== undefined && { preprocessing }),
    output,
    ...(classNames !== undefined && { classNames }),
    layers,
    nodes: describeNodes(facts, new Map(named.map(({ name, layer }) => [layer.node, name]))),
    parameters: sum(ownParameters) + countOtherParameters(facts),
    ...(multiplyAdds.every((count) => count !== undefined) && { multiplyAdds: sum(multiplyAdds) }),
    training,
    ...(head !== undefined && { head }),
  }
  const inBodies = everyLayer.filter(({ outer }) => outer !== undefined)
  return new DescribedModel(summary, facts, new Map(named.map(({ name, layer }) => [name, layer])), inBodies)
}

/** All layers in the order of computation, those of a body where its node is. */
function inOrder(found: readonly KernelLayer[], inBodies: readonly BodyLayer[], facts: GraphFacts) {
  const places = new Map(facts.graph.nodes.map((node, place) => [node, place]))
  const own = found.map((layer) => ({ layer, facts, place: places.get(layer.node) ?? 0 }))
  const nested = inBodies.map((layer) => ({ ...layer, place: places.get(layer.outer) ?? 0 }))
  return [...own, ...nested].toSorted((one, other) => one.place - other.place)
}

/** With its type in the file; its shape as it follows from the graph where the file has none. */
function describeValue({ name, type, dataType }: ValueInfo, { types }: GraphFacts): ModelValue {
  const known = type ?? types.get(name)
  return { name, dataType: type?.dataType ?? dataType ?? known?.dataType ?? 'unknown', dims: known?.dims ?? [] }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
