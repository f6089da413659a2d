import type { NetworkWithHeads } from '../architectures/build-network.ts'
import type { Graph, Tensor } from '../onnx/graph.ts'
import type { ArchitectureDescription } from '../protocol/architecture.ts'
import type { ActivationLayer, KernelLayer } from '../protocol/runs.ts'

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
  /** The same with what only training sees, its auxiliary heads; left out where there are none. */
  readonly withHeads?: NetworkWithHeads
  /** What learns, that of the heads too, and how fast: as a share of the learning rate. */
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
