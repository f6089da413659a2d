import { describe, expect, it } from 'vitest'
import { type Normalization, buildNetwork } from '../../engine/architectures/build-network.ts'
import type { Architecture, InputShape } from '../../engine/protocol/architecture.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import type { Optimizer } from '../../engine/training/optimizer.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'
import { type GoldenTensor, readGolden, relativeError, toTensor } from './goldens/read-golden.ts'

interface Curves {
  readonly architecture: Architecture
  readonly input: InputShape
  readonly normalization: Normalization
  readonly initialWeights: Readonly<Record<string, GoldenTensor>>
  readonly batchSize: number
  readonly steps: number
  /** uint8 [steps, N, H, W, C]. */
  readonly pixelsBase64: string
  readonly labels: readonly (readonly number[])[]
  readonly curves: readonly {
    readonly name: string
    readonly optimizer: Optimizer
    readonly learningRate: number
    readonly losses: readonly number[]
    readonly finalWeights: Readonly<Record<string, GoldenTensor>>
  }[]
}

const golden = readGolden<Curves>('curves.json')

describe('twenty steps of training against PyTorch', () => {
  it.each(golden.curves)('$name: losses and final weights agree to 1e-4', async (curve) => {
    const { input, batchSize, steps } = golden
    const built = buildNetwork(golden.architecture, input, golden.normalization, 'heNormal', 0)
    const initializers = new Map(built.initializers)
    for (const [name, tensor] of Object.entries(golden.initialWeights)) initializers.set(name, toTensor(tensor))
    const step = buildTrainingStep(
      { ...built, initializers },
      {
        batchSize,
        imageDims: [input.height, input.width, input.channels],
        classes: input.classes,
        loss: 'crossEntropy',
        optimizer: curve.optimizer,
        schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: steps },
        seed: 0,
        trainable: Object.keys(golden.initialWeights),
      },
    )
    const runner = await createStepRunner(step, 'cpu', 2, new Map())
    const { losses } = await runner.run(
      {
        pixels: new Uint8Array(Buffer.from(golden.pixelsBase64, 'base64')),
        labels: BigInt64Array.from(golden.labels.flat(), BigInt),
        count: steps,
      },
      curve.learningRate,
    )
    curve.losses.forEach((expected, index) => {
      expect(Math.abs((losses[index] as number) / expected - 1), `loss of step ${index + 1}`).toBeLessThan(1e-4)
    })
    const state = await runner.state()
    for (const [name, expected] of Object.entries(curve.finalWeights)) {
      expect(relativeError(state.get(name), expected), name).toBeLessThan(1e-4)
    }
    await runner.release()
  })
})
