import { describe, expect, it } from 'vitest'
import { createBatchSource } from '../../engine/datasets/batches.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { presets } from '../../engine/architectures/presets/presets.ts'
import { scaleWidth } from '../../engine/architectures/scale-width.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import { buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'

/** The smallest pictures that reach the end of those that halve them often. */
const sides: Readonly<Record<string, number>> = {
  mlp: 28,
  alexnet: 67,
  vgg11: 32,
  'googlenet-heads': 80,
  'resnet20-cifar': 32,
}
const steps = 3
/** Others repeat these with more layers; the evidence takes a step of every one. */
const trained = new Set([
  ...['mlp', 'alexnet', 'zfnet', 'vgg11', 'googlenet', 'googlenet-heads', 'resnet20-cifar', 'resnet18', 'resnet50'],
])
const tried = presets.filter(({ architecture }) => trained.has(architecture.name))

describe('networks to start from, an eighth as wide', () => {
  it.each(tried.map(({ architecture, input }) => ({ name: architecture.name, architecture, input })))(
    '$name trains every weight, and its file gives scores in plain ONNX Runtime',
    async ({ name, architecture, input }) => {
      const side = sides[name] ?? 64
      const { channels } = input
      const settings = runSettingsSchema.parse({
        data: {
          source: { kind: 'xo', options: { count: 60 } },
          image: { width: side, height: side, channels, fit: 'stretch' },
        },
        network: { kind: 'layers', architecture: scaleWidth(architecture, 1 / 8) },
        training: { batchSize: 16, optimizer: { kind: 'adam' }, schedule: { kind: 'constant' } },
      })
      if (settings.network.kind !== 'layers') throw new Error('The settings name no layers.')
      const dataset = await openDataset(settings.data)
      const network = buildLayersNetwork(settings.network.architecture, settings.training, dataset.summary)
      const { step, weights, batchSize, stepsPerEpoch } = buildTrainingOfRun(
        network,
        settings.training,
        dataset.summary,
      )
      const batches = createBatchSource(dataset.splits.train, { batchSize, stepsPerEpoch, seed: 0 })
      const runner = await createStepRunner(step, 'cpu', 1, new Map())
      for (let taken = 0; taken < steps; taken++) {
        const { losses } = await runner.run(await batches.take(taken, 1), 0.001)
        expect(losses[0]).toBeGreaterThan(0)
        expect(losses[0]).toBeLessThan(20)
      }
      const state = new Map(await runner.state())
      await runner.release()
      await dataset.close()

      const still = weights.filter((weight) => isSame(network.graph.initializers.get(weight), state.get(weight)))
      expect(still).toEqual([])
      const session = await createSession(network.encode(state), { provider: 'cpu', threads: 1 })
      const picture = Float32Array.from({ length: channels * side * side }, (_, index) => (index * 37) % 256)
      const { logits } = await session.run({ image: float32Tensor([1, channels, side, side], picture) })
      await session.release()
      const scores = [...((logits as Tensor).data as Float32Array)]
      expect(scores).toHaveLength(2)
      expect(scores.every(Number.isFinite)).toBe(true)
    },
    60_000,
  )
})

function isSame(one: Tensor | undefined, other: Tensor | undefined): boolean {
  const [before, after] = [one?.data as Float32Array, other?.data as Float32Array]
  return before.every((value, index) => value === after[index])
}
