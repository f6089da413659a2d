import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../architectures/build-network.ts'
import { presets } from '../../architectures/presets/presets.ts'
import type { Graph, Tensor } from '../../onnx/graph.ts'
import { randomStream } from '../../random/stream.ts'
import { largestDifferences, loweringTolerance } from '../../../tests/engine/check-lowering.ts'
import { buildTrainingStep } from '../../training/training-step.ts'
import { lowerForProvider } from './lower-for-provider.ts'

const batchSize = 8
const size = 12

/** Pictures with a border of one grey, as most have: results of a convolution are then equal over whole areas. */
function pictures(): Uint8Array {
  const stream = randomStream('pictures')
  const isBorder = (position: number) => position < 3 || position >= size - 3
  return Uint8Array.from({ length: batchSize * size * size }, (_, index) =>
    isBorder(index % size) || isBorder(Math.floor(index / size) % size) ? 20 : stream.integer(256),
  )
}

function stepOf(presetName: string): { graph: Graph; feeds: Record<string, Tensor> } {
  const { architecture } = presets.find((preset) => preset.architecture.name === presetName) as (typeof presets)[number]
  const input = { channels: 1, height: size, width: size, classes: 3 } as const
  const network = buildNetwork(architecture, input, { mean: [0.4], standardDeviation: [0.3] }, 'heNormal', 1)
  const weights = [...network.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name))
  const { graph, state } = buildTrainingStep(network, {
    batchSize,
    imageDims: [size, size, 1],
    classes: 3,
    loss: 'crossEntropy',
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 1,
    trainable: weights,
  })
  const outputs = ['loss', ...weights.map((name) => `${name}/grad`)].map((name) => ({ name, type: undefined }))
  return {
    graph: { ...graph, outputs },
    feeds: {
      pixels: { dataType: 'uint8', dims: [batchSize, size, size, 1], data: pictures() },
      labels: { dataType: 'int64', dims: [batchSize], data: BigInt64Array.from([0, 1, 2, 0, 1, 2, 0, 1], BigInt) },
      learningRate: { dataType: 'float32', dims: [], data: Float32Array.of(0.1) },
      ...Object.fromEntries(state.map(({ name, initial }) => [name, initial])),
    },
  }
}

describe('a whole training step, lowered for the CPU', () => {
  it.each(['mlp', 'small', 'lenet5'])('%s: the same loss and gradients', async (name) => {
    const { graph, feeds } = stepOf(name)
    const lowered = lowerForProvider(graph, 'cpu')
    const operators = new Set(lowered.nodes.map(({ opType }) => opType))
    expect([...operators].filter((opType) => ['ScatterElements', 'ConvTranspose', 'Where'].includes(opType))).toEqual(
      [],
    )
    const differences = await largestDifferences(graph, lowered, feeds)
    for (const [tensor, difference] of Object.entries(differences)) {
      expect(difference, tensor).toBeLessThanOrEqual(loweringTolerance)
    }
  })
})
