import type { Graph, Node } from '../onnx/graph.ts'
import { initializerBehind, producersOf } from './graph-values.ts'

/** A weight that can learn. */
export interface Parameter {
  /** The initializer that holds it. */
  readonly name: string
  /** The layer it is frozen and paced with: its own, or for a normalisation or a bias behind one, the one before it. */
  readonly layer: string
}

export interface Normalization {
  /** The value that the BatchNormalization gives. */
  readonly output: string
  readonly layer: string
  readonly runningMean: string
  readonly runningVariance: string
}

export interface FoundParameters {
  readonly parameters: readonly Parameter[]
  readonly normalizations: readonly Normalization[]
}

/** Which inputs of an operator are weights wherever they are constant. */
const weightInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
}

const layerOperators: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm', 'MatMul'])

/**
 * The weights of `graph`: constants of layers and normalisations, and biases added right behind a layer. Other
 * constants (a scale of the pixels, say) are part of the computation and never learn. `layerNames` by the value that a
 * layer gives first.
 */
export function findParameters(graph: Graph, layerNames: ReadonlyMap<string, string>): FoundParameters {
  const producers = producersOf(graph)
  const parameters = new Map<string, Parameter>()
  const normalizations: Normalization[] = []
  const [firstLayer = ''] = layerNames.values()
  /** The layer whose output, or what was made of it, a value is. */
  const layerOf = new Map<string, string>()
  for (const node of graph.nodes) {
    const layer = layerNames.get(node.outputs[0] ?? '') ?? nearestLayer(node, layerOf)
    if (layer !== undefined) for (const output of node.outputs) layerOf.set(output, layer)
    for (const index of weightIndices(node, producers)) {
      const name = initializerBehind(graph, producers, node.inputs[index] ?? '')
      if (name !== undefined && !parameters.has(name)) parameters.set(name, { name, layer: layer ?? firstLayer })
    }
    const [, , , runningMean = '', runningVariance = ''] = node.inputs
    if (node.opType === 'BatchNormalization' && graph.initializers.has(runningMean)) {
      const [output = ''] = node.outputs
      normalizations.push({ output, layer: layer ?? firstLayer, runningMean, runningVariance })
    }
  }
  return { parameters: [...parameters.values()], normalizations }
}

function nearestLayer(node: Node, layerOf: ReadonlyMap<string, string>): string | undefined {
  return node.inputs.map((input) => layerOf.get(input)).find((layer) => layer !== undefined)
}

function weightIndices(node: Node, producers: ReadonlyMap<string, Node>): readonly number[] {
  if (node.domain !== '') return []
  if (node.opType !== 'Add') return weightInputs[node.opType] ?? []
  // A bias: added to what a layer gives, with nothing in between.
  return [0, 1].filter((index) => layerOperators.has(producers.get(node.inputs[1 - index] ?? '')?.opType ?? ''))
}
