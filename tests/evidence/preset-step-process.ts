import { availableParallelism } from 'node:os'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { measureSpeed } from '../../engine/inspector/speed/measure-speed.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import { buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'

/**
 * Takes training steps with a whole preset, as a run does, on pictures of noise of the size and classes of its source,
 * and prints as JSON how long the step took to load, what each took, the losses, the most memory used, and how fast the
 * machine trains by the measurement that estimates are made with. Arguments: name of the preset, pictures a step, steps.
 */
const [name = '', batch = '1', steps = '3'] = process.argv.slice(2)
const preset = findPreset(name)
if (preset === undefined) throw new Error(`There is no preset "${name}".`)
const { channels, height, width, classes } = preset.input
const settings = runSettingsSchema.parse({
  data: {
    source: { kind: 'xo', options: { count: 200 } },
    image: { width, height, channels, fit: 'stretch' },
  },
  network: { kind: 'layers', architecture: preset.architecture },
  training: { batchSize: Number(batch), optimizer: { kind: 'sgd', momentum: 0.9 }, schedule: { kind: 'constant' } },
})
if (settings.network.kind !== 'layers') throw new Error('The settings name no layers.')
const { summary: ofXo } = await openDataset(settings.data)
// The sample has two classes; its source had more.
const ofClass = ofXo.classes[0]
if (ofClass === undefined) throw new Error('The sample has no classes.')
const summary = {
  ...ofXo,
  classes: Array.from({ length: classes }, (_, label) => ({ ...ofClass, name: String(label) })),
}

const begin = performance.now()
const network = buildLayersNetwork(settings.network.architecture, settings.training, summary)
const { step, batchSize } = buildTrainingOfRun(network, settings.training, summary)
const runner = await createStepRunner(step, 'cpu', availableParallelism(), new Map())
const loadMs = performance.now() - begin
const stream = randomStream('preset pictures', name)
const losses: number[] = []
const elapsedMs: number[] = []
for (let taken = 0; taken < Number(steps); taken++) {
  const pixels = Uint8Array.from({ length: batchSize * height * width * channels }, () => stream.integer(256))
  const labels = BigInt64Array.from({ length: batchSize }, () => BigInt(stream.integer(classes)))
  const at = performance.now()
  const results = await runner.run({ pixels, labels, count: 1 }, 1e-4)
  elapsedMs.push(performance.now() - at)
  losses.push(results.losses[0] as number)
}
const peakBytes = process.resourceUsage().maxRSS * 1024
await runner.release()
const speed = await measureSpeed(availableParallelism())
console.log(JSON.stringify({ loadMs, elapsedMs, losses, peakBytes, speed }))
