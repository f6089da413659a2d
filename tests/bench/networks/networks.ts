import { type Graph, type Tensor, elementCount } from '../../../engine/onnx/graph.ts'
import { randomStream } from '../../../engine/random/stream.ts'
import { type TrainingStep, buildTrainingStep } from '../../../engine/training/training-step.ts'
import { carryStatistics } from './carry-statistics.ts'
import { buildResNet20 } from './resnet20.ts'
import { buildSqueezeNet } from './squeezenet.ts'

export type NetworkName = 'resnet20' | 'squeezenet'

/** How a network is trained for the comparison, by either side. */
export interface Workload {
  readonly batchSize: number
  readonly side: number
  readonly classes: number
  readonly learningRate: number
  readonly momentum: number
}

export const workloads: Readonly<Record<NetworkName, Workload>> = {
  resnet20: { batchSize: 32, side: 32, classes: 10, learningRate: 0.01, momentum: 0.9 },
  squeezenet: { batchSize: 8, side: 224, classes: 1000, learningRate: 0.001, momentum: 0.9 },
}

const channels = 3
const batchCount = 8

/** Pictures of noise, uint8 [batchCount,N,H,W,C], and labels, [batchCount,N]. */
export interface Batches {
  readonly count: number
  readonly pixels: Uint8Array
  readonly labels: readonly number[]
}

export function drawBatches({ batchSize, side, classes }: Workload): Batches {
  const stream = randomStream('bench batches', side)
  return {
    count: batchCount,
    pixels: Uint8Array.from({ length: elementCount([batchCount, batchSize, side, side, channels]) }, () =>
      stream.integer(256),
    ),
    labels: Array.from({ length: batchCount * batchSize }, () => stream.integer(classes)),
  }
}

export function buildWorkloadStep(name: NetworkName): { step: TrainingStep; initial: ReadonlyMap<string, Tensor> } {
  const network: Graph = name === 'resnet20' ? buildResNet20() : buildSqueezeNet()
  const { batchSize, side, classes, momentum } = workloads[name]
  const step = buildTrainingStep(network, {
    batchSize,
    imageDims: [side, side, channels],
    classes,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', momentum, nesterov: false, weightDecay: 0, decay: 'l2' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 0,
    trainable: [...network.initializers.keys()].filter((tensor) => /\.(weight|bias)$/.test(tensor)),
  })
  const initial = new Map(
    [...network.initializers].filter(([tensor]) => /\.(weight|bias|running_mean|running_var)$/.test(tensor)),
  )
  return { step: carryStatistics(step), initial }
}
