import { basename, extname } from 'node:path'
import type { ValueInfo } from '../onnx/graph.ts'
import type { ModelLayer, ModelSummary, ModelValue } from '../protocol/models.ts'
import { describeOutput, findHead } from './class-output.ts'
import { findClassNames } from './class-names.ts'
import { describeLayers } from './describe-layers.ts'
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
  /** By the names the summary gives them, in the order of computation. */
  readonly layers: ReadonlyMap<string, KernelLayer>

  constructor(summary: ModelSummary, facts: GraphFacts, layers: ReadonlyMap<string, KernelLayer>) {
    this.summary = summary
    this.facts = facts
    this.layers = layers
  }

  /** The layer's kernels, float32 [F, C, kH, kW]; undefined where there is no such layer. Throws ModelError where they are too large. */
  kernels(name: string): { readonly dims: KernelShape; readonly data: Float32Array } | undefined {
    const layer = this.layers.get(name)
    return layer && { dims: layer.shape, data: readKernels(layer, this.facts.constants) }
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
  const names = nameLayers(found)
  const named = found.map((layer, index) => ({ name: names[index] as string, layer }))
  const image = findImageInput(facts, found)
  const preprocessing = image && findPreprocessing(image, model.metadata, facts)
  const output = describeOutput(facts)
  const classNames = findClassNames(path, model.metadata, output.classes)
  const head = findHead(output, named, facts)
  const { training, whyNot } = findTrainability(named, output.name, image, facts)
  const storedTypes = new Map([...model.graph.initializers].map(([name, { dataType }]) => [name, dataType]))
  const layers = describeLayers(named, facts, storedTypes).map((layer): ModelLayer => {
    const reason = whyNot.get(layer.name)
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
  return new DescribedModel(summary, facts, new Map(named.map(({ name, layer }) => [name, layer])))
}

/** With its type in the file; its shape as it follows from the graph where the file has none. */
function describeValue({ name, type, dataType }: ValueInfo, { types }: GraphFacts): ModelValue {
  const known = type ?? types.get(name)
  return { name, dataType: type?.dataType ?? dataType ?? known?.dataType ?? 'unknown', dims: known?.dims ?? [] }
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}
