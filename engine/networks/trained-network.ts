import type { Graph, Tensor } from '../onnx/graph.ts'
import type { ArchitectureDescription } from '../protocol/architecture.ts'
import type { DataSummary } from '../protocol/data.ts'
import type { ActivationLayer, KernelLayer } from '../protocol/runs.ts'
import type { RunSettings } from '../protocol/settings.ts'
import { buildLayersNetwork } from './layers-network.ts'
import { buildModelNetwork } from './model-network.ts'

/** A layer whose kernels can be looked at while they change. */
export interface WatchedLayer extends KernelLayer {
  /** The initializer they are in. */
  readonly weight: string
  /** Its value as float32 [F, C, kH, kW]. */
  readonly kernels: (value: Tensor) => Float32Array
}

/** The network of a run, whether it is a list of layers or was opened from a file. */
export interface TrainedNetwork {
  /** From `image`, float32 [batch,C,H,W] with pixels 0–255, to `logits` [batch, classes], with what it was born with. */
  readonly graph: Graph
  /** What learns, and how fast: as a share of the learning rate. */
  readonly learningRateFactors: ReadonlyMap<string, number>
  /** First outputs of the normalisations whose statistics are trained. */
  readonly trainedNormalizations: ReadonlySet<string>
  /** In the order of computation; what each gives has its name. */
  readonly watchedLayers: readonly WatchedLayer[]
  readonly activationLayers: readonly ActivationLayer[]
  readonly description: ArchitectureDescription
  /** An ONNX file of the network with the weights of `state` (those it was born with where that has none). */
  encode(state: ReadonlyMap<string, Tensor>): Uint8Array
}

/**
 * Builds the network of a run for its data; `source` is the model file of a run that trains one.
 * Throws ArchitectureError, ModelError or FineTuningError with a sentence for a person.
 */
export function buildTrainedNetwork(
  settings: RunSettings,
  data: DataSummary,
  source: Uint8Array | undefined,
): TrainedNetwork {
  const { network, training } = settings
  if (network.kind === 'layers') return buildLayersNetwork(network.architecture, training, data)
  if (source === undefined) throw new Error(`The run that trains ${network.path} has no copy of it.`)
  return buildModelNetwork(network, training, data, source)
}
