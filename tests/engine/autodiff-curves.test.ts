import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import type { Graph } from '../../engine/onnx/graph.ts'
import type { Architecture, InputShape } from '../../engine/protocol/architecture.ts'
import { type StepBatch, createStepRunner } from '../../engine/trainer/step-runner.ts'
import type { Optimizer } from '../../engine/training/optimizer.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'
import { type GoldenTensor, readGolden, relativeError, toTensor } from './goldens/read-golden.ts'

interface CurvesGolden {
  readonly architecture: Architecture
  readonly input: InputShape
  readonly normalization: { readonly mean: readonly number[]; readonly standardDeviation: readonly number[] }
  readonly initialWeights: Readonly<Record<string, GoldenTensor>>
  readonly batchSize: number
  readonly steps: number
  /** uint8 [steps, batchSize, height, width, channels]. */
  readonly pixelsBase64: string
  /** [steps][batchSize]. */
  readonly labels: readonly (readonly number[])[]
  readonly curves: readonly Curve[]
}

interface Curve {
  readonly name: string
  readonly optimizer: Optimizer
  readonly learningRate: number
  /** Before each step's update. */
  readonly losses: readonly number[]
  readonly finalWeights: Readonly<Record<string, GoldenTensor>>
}

const golden = readGolden<CurvesGolden>('curves.json')

describe('20 steps of training against PyTorch', () => {
  it.each(golden.curves)('$name', async ({ optimizer, learningRate, losses, finalWeights }) => {
    const runner = await createStepRunner(buildStep(optimizer), 'cpu', 2, new Map())
    const results = await runner.run(allBatches(), learningRate)
    const state = await runner.state()
    const worst = Math.max(...losses.map((loss, step) => Math.abs((results.losses[step] ?? Number.NaN) / loss - 1)))
    expect(worst).toBeLessThan(1e-4)
    for (const [name, expected] of Object.entries(finalWeights)) {
      expect(relativeError(state.get(name), expected)).toBeLessThan(1e-4)
    }
    await runner.release()
  })
})

function buildStep(optimizer: Optimizer) {
  const { architecture, input, normalization, initialWeights, batchSize } = golden
  const fresh = buildNetwork(architecture, input, normalization, 'heNormal', 0)
  const weights = Object.entries(initialWeights).map(([name, tensor]) => [name, toTensor(tensor)] as const)
  const network: Graph = { ...fresh, initializers: new Map([...fresh.initializers, ...weights]) }
  return buildTrainingStep(network, {
    batchSize,
    imageDims: [input.height, input.width, input.channels],
    classes: input.classes,
    loss: 'crossEntropy',
    optimizer,
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: golden.steps },
    seed: 0,
    trainable: Object.keys(initialWeights),
  })
}

function allBatches(): StepBatch {
  const pixels = Uint8Array.from(Buffer.from(golden.pixelsBase64, 'base64'))
  return { pixels, labels: BigInt64Array.from(golden.labels.flat(), BigInt), count: golden.steps }
}
