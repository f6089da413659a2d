import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Tensor, elementCount } from '../../engine/onnx/graph.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { lowerForProvider } from '../../engine/runtime/lowering/lower-for-provider.ts'
import { largestDifferences, loweringTolerance } from './check-lowering.ts'
import { importForTraining } from './imported-training.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')
const classes = 5
const batchSize = 8

const models = [
  { file: 'resnet20_onnc.onnx', batchNormalization: 'trained' },
  { file: 'resnet20_onnc.onnx', batchNormalization: 'frozen' },
  { file: 'squeezenet1.1-imagenet-fp32.onnx', batchNormalization: 'frozen' },
] as const

describe.skipIf(!existsSync(folder))(
  'a training step of a model from elsewhere is the same after lowering (needs ../shared/data/models)',
  () => {
    it.each(models)('$file, statistics $batchNormalization', async ({ file, batchNormalization }) => {
      const { ofRun, network, image } = importForTraining(
        join(folder, file),
        classes,
        { batchNormalization },
        { batchSize },
      )
      const { graph, state } = ofRun.step
      const stream = randomStream('lowered models', file)
      const dims = [batchSize, image.height, image.width, image.channels]
      const feeds: Record<string, Tensor> = {
        pixels: {
          dataType: 'uint8',
          dims,
          data: Uint8Array.from({ length: elementCount(dims) }, () => stream.integer(256)),
        },
        labels: {
          dataType: 'int64',
          dims: [batchSize],
          data: BigInt64Array.from({ length: batchSize }, (_, at) => BigInt(at % classes)),
        },
        learningRate: { dataType: 'float32', dims: [], data: Float32Array.of(0.01) },
        ...Object.fromEntries(state.map(({ name, initial }) => [name, initial])),
      }
      const gradients = [...network.learningRateFactors.keys()].map((name) => `${name}/grad`)
      const outputs = ['loss', ...gradients].map((name) => ({ name, type: undefined }))
      const read = { ...graph, outputs }
      const lowered = lowerForProvider(read, 'cpu')
      expect(lowered.nodes).not.toEqual(read.nodes)
      const differences = await largestDifferences(read, lowered, feeds)
      for (const [tensor, difference] of Object.entries(differences)) {
        expect.soft(difference, tensor).toBeLessThanOrEqual(loweringTolerance)
      }
    })
  },
)
