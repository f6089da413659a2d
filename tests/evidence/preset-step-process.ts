import { availableParallelism } from 'node:os'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { createStepRunner } from '../../engine/trainer/step-runner.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'

/**
 * Takes training steps with a whole preset on pictures of noise of the size its source used, and prints as JSON how long
 * the step took to load, what each took, and the losses. Arguments: name of the preset, pictures a step, steps.
 */
const [name = '', batch = '1', steps = '3'] = process.argv.slice(2)
const preset = findPreset(name)
if (preset === undefined) throw new Error(`There is no preset "${name}".`)
const { architecture, input } = preset
const batchSize = Number(batch)
const normalization = {
  mean: new Array<number>(input.channels).fill(0.5),
  standardDeviation: new Array<number>(input.channels).fill(0.25),
}
const begin = performance.now()
const graph = buildNetwork(architecture, input, normalization, 'heNormal', 0)
const step = buildTrainingStep(graph, {
  batchSize,
  imageDims: [input.height, input.width, input.channels],
  classes: input.classes,
  loss: 'crossEntropy',
  optimizer: { kind: 'sgd', momentum: 0.9, nesterov: false, weightDecay: 0, decay: 'l2' },
  schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
  seed: 0,
  trainable: [...graph.initializers.keys()].filter((tensor) => /\.(weight|bias)$/.test(tensor)),
})
const runner = await createStepRunner(step, 'cpu', availableParallelism(), new Map())
const loadMs = performance.now() - begin
const stream = randomStream('preset pictures', name)
const bytes = batchSize * input.height * input.width * input.channels
const losses: number[] = []
const elapsedMs: number[] = []
for (let taken = 0; taken < Number(steps); taken++) {
  const pixels = Uint8Array.from({ length: bytes }, () => stream.integer(256))
  const labels = BigInt64Array.from({ length: batchSize }, () => BigInt(stream.integer(input.classes)))
  const at = performance.now()
  const results = await runner.run({ pixels, labels, count: 1 }, 1e-4)
  elapsedMs.push(performance.now() - at)
  losses.push(results.losses[0] as number)
}
const peakBytes = process.resourceUsage().maxRSS * 1024
console.log(JSON.stringify({ loadMs, elapsedMs, losses, peakBytes }))
