import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildNetworkWithHeads } from '../../engine/architectures/build-network.ts'
import { createBatchSource } from '../../engine/datasets/batches.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { exportNpz, exportOnnx } from '../../engine/exports/run-files.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import { buildTrainingOfRun } from '../../engine/networks/training-of-run.ts'
import { type Graph, type Tensor, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { type Architecture, type Layer, architectureSchema } from '../../engine/protocol/architecture.ts'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { checkpointTensors, readCheckpoint, requireState } from '../../engine/trainer/continue-run.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'
import { createStepRunner } from '../../engine/networks/step-runner.ts'
import { buildTrainingStep } from '../../engine/training/training-step.ts'
import { eightPoints } from './compare-gradients.ts'
import { runOnCpu } from './run-on-cpu.ts'

const pair = (value: number): [number, number] => [value, value]
const conv = (name: string, filters: number, kernel: number): Layer => ({
  kind: 'conv',
  name,
  filters,
  kernel: pair(kernel),
  stride: pair(1),
  padding: pair(0),
})

/** Bends everywhere, so that differences are as exact as their formula. */
const withHead: Architecture = {
  name: 'headed',
  layers: [
    conv('conv1', 4, 3),
    { kind: 'tanh', name: 'tanh1' },
    conv('conv2', 5, 3),
    { kind: 'tanh', name: 'tanh2' },
    { kind: 'fullyConnected', name: 'fc', units: 'classes' },
  ],
  heads: [
    {
      from: 'tanh1',
      weight: 0.3,
      layers: [
        { kind: 'averagePool', name: 'head_pool', kernel: pair(4), stride: pair(2), padding: pair(0) },
        conv('head_conv', 3, 1),
        { kind: 'tanh', name: 'head_tanh' },
        { kind: 'fullyConnected', name: 'head_fc', units: 'classes' },
      ],
    },
  ],
}
const { heads: _heads, ...withoutHead } = withHead

const [side, batchSize, classes] = [8, 4, 3]
const labels = [0, 2, 1, 2]
const stream = randomStream('auxiliary heads')
const pixels = Uint8Array.from({ length: batchSize * side * side }, () => stream.integer(256))

/** What a picture counts for each class: its shares of two classes, times the weights of these. */
type Targets = readonly (readonly number[])[]

/** −Σ target · log softmax(logits) / Σ target, in float64 and with nothing of the training graph. */
function crossEntropy(logits: Float32Array, targets: Targets): number {
  let [sum, count] = [0, 0]
  for (const [sample, target] of targets.entries()) {
    const scores = [...logits.subarray(sample * classes, (sample + 1) * classes)]
    const logSum = Math.log(scores.reduce((total, score) => total + Math.exp(score), 0))
    for (const [index, share] of target.entries()) {
      sum -= share * ((scores[index] as number) - logSum)
      count += share
    }
  }
  return sum / count
}

const isWeight = (name: string) => /\.(weight|bias)$/.test(name)
const floats = (tensor: Tensor | undefined) => tensor?.data as Float32Array

describe('the loss of a network with an auxiliary head', () => {
  const mixed = { others: [1, 2, 0, 0], shares: [0.75, 1, 0.6, 0.9] }
  it.each([
    { title: 'plain', classWeights: undefined, mixed: undefined },
    { title: 'with weighted classes and mixed labels', classWeights: [0.5, 2, 1.25], mixed },
  ])('has the gradient that a difference of main + 0.3 · head shows, $title', async ({ classWeights, mixed }) => {
    const input = { channels: 1, height: side, width: side, classes } as const
    const normalization = { mean: [0.5], standardDeviation: [0.25] }
    const { graph, heads } = buildNetworkWithHeads(withHead, input, normalization, 'heNormal', 7)
    const trainable = [...graph.initializers.keys()].filter(isWeight)
    const step = buildTrainingStep(graph, {
      batchSize,
      imageDims: [side, side, 1],
      classes,
      loss: 'crossEntropy',
      classWeights,
      mixesLabels: mixed !== undefined,
      heads,
      optimizer: { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' },
      schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
      seed: 0,
      trainable,
    })
    const results = await runOnCpu(step.graph, {
      pixels: { dataType: 'uint8', dims: [batchSize, side, side, 1], data: pixels },
      labels: int64Tensor([batchSize], labels),
      learningRate: float32Tensor([], Float32Array.of(1)),
      ...(mixed && {
        otherLabels: int64Tensor([batchSize], mixed.others),
        labelShares: float32Tensor([batchSize], Float32Array.from(mixed.shares)),
      }),
      ...Object.fromEntries(step.state.map(({ name, initial }) => [name, initial])),
    })

    const targets = labels.map((label, sample) =>
      Array.from({ length: classes }, (_, index) => {
        const share = mixed?.shares[sample] ?? 1
        const of = (index === label ? share : 0) + (index === mixed?.others[sample] ? 1 - share : 0)
        return of * (classWeights?.[index] ?? 1)
      }),
    )
    const losses = async (weights: ReadonlyMap<string, Tensor>) => {
      const image = float32Tensor([batchSize, 1, side, side], Float32Array.from(pixels))
      const at: Graph = { ...graph, initializers: new Map([...graph.initializers, ...weights]) }
      const scores = await runOnCpu(at, { image })
      return ['logits', 'logits/head1'].map((name) => crossEntropy(floats(scores[name]), targets))
    }
    const [main = 0, head = 0] = await losses(new Map())
    // What is reported is the loss of the network itself, to be compared with that of validation.
    expect(floats(results['loss'])[0]).toBeCloseTo(main, 5)
    expect(head).not.toBeCloseTo(main, 2)

    const { points, weights: shares } = eightPoints
    const size = 0.02
    expect(trainable).toHaveLength(10)
    for (const name of trainable) {
      const start = floats(graph.initializers.get(name))
      const next = step.state.find((state) => state.name === name)?.next ?? ''
      const gradient = start.map((value, at) => value - (floats(results[next])[at] as number))
      const direction = Float32Array.from(start, () => (stream.uniform() < 0.5 ? -1 : 1))
      let seen = 0
      for (const [index, point] of points.entries()) {
        const moved = start.map((value, at) => value + point * size * (direction[at] as number))
        const dims = graph.initializers.get(name)?.dims ?? []
        const [mainThere = 0, headThere = 0] = await losses(new Map([[name, float32Tensor(dims, moved)]]))
        seen += ((shares[index] as number) * (mainThere + 0.3 * headThere)) / size
      }
      const length = Math.hypot(...gradient)
      const along = gradient.reduce((sum, value, at) => sum + value * (direction[at] as number), 0)
      expect(length, name).toBeGreaterThan(1e-3)
      expect(Math.abs(seen - along) / (length * Math.sqrt(start.length)), name).toBeLessThan(3e-5)
    }
  })
})

const settingsOf = (architecture: Architecture) =>
  runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: { count: 200, size: 16 } } },
    network: { kind: 'layers', architecture },
    training: { batchSize: 16, optimizer: { kind: 'adam' }, schedule: { kind: 'constant' }, initializer: 'heNormal' },
  })

async function build(architecture: Architecture, source?: Uint8Array) {
  const settings = settingsOf(architecture)
  const dataset = await openDataset(settings.data)
  const network = buildLayersNetwork(architecture, settings.training, dataset.summary, source)
  const ofRun = buildTrainingOfRun(network, settings.training, dataset.summary)
  const { batchSize, stepsPerEpoch } = ofRun
  const batches = createBatchSource(dataset.splits.train, { batchSize, stepsPerEpoch, seed: 0 })
  return { ...ofRun, settings, dataset, network, batches }
}

type Built = Awaited<ReturnType<typeof build>>

/** The losses of steps `from` to `to`, and a copy of the state after them. */
async function train({ step, batches }: Built, from: number, to: number, state: ReadonlyMap<string, Tensor>) {
  const runner = await createStepRunner(step, 'cpu', 1, state)
  const { losses } = await runner.run(await batches.take(from, to - from), 0.002)
  const after = new Map(
    [...(await runner.state())].map(([name, tensor]) => [
      name,
      { ...tensor, data: (tensor.data as Float32Array).slice() } as Tensor,
    ]),
  )
  await runner.release()
  return { losses: [...losses], state: after }
}

describe('a run with an auxiliary head', () => {
  let parent: string
  beforeAll(async () => {
    parent = await mkdtemp(join(tmpdir(), 'heads-'))
  })
  afterAll(() => rm(parent, { recursive: true, force: true }))

  it('trains its head too, and the loss falls', async () => {
    const built = await build(withHead)
    const { losses, state } = await train(built, 0, 60, new Map())
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    expect(mean(losses.slice(-10))).toBeLessThan(0.5 * mean(losses.slice(0, 10)))
    for (const { name, initial } of built.step.state.filter(({ name }) => isWeight(name))) {
      expect(floats(state.get(name)), name).not.toEqual(floats(initial))
    }
    expect(built.step.state.map(({ name }) => name)).toContain('head_conv.weight')
  })

  it('learns other weights than without its head from the same ones', async () => {
    const [headed, plain] = [await build(withHead), await build(withoutHead)]
    expect(headed.weights).toEqual(plain.weights)
    expect(headed.network.graph).toEqual(plain.network.graph)
    const [one, other] = [await train(headed, 0, 1, new Map()), await train(plain, 0, 1, new Map())]
    // The first loss is of the same weights, and of the network alone.
    expect(one.losses[0]).toBeCloseTo(other.losses[0] as number, 6)
    expect(floats(one.state.get('conv1.weight'))).not.toEqual(floats(other.state.get('conv1.weight')))
    // Nothing of the head reaches what is behind the layer it reads.
    expect(floats(one.state.get('fc.weight'))).toEqual(floats(other.state.get('fc.weight')))
  })

  it('goes on from its checkpoint as if it had not stopped, head and moments too', async () => {
    const built = await build(withHead)
    const whole = await train(built, 0, 8, new Map())
    const begun = await train(built, 0, 4, new Map())
    const folder = await RunFolder.create(join(parent, 'run'), 'run', built.settings, '0.0.0')
    await folder.writeCheckpoint({ step: 4, tensors: checkpointTensors(begun.state, 0.002) })
    const checkpoint = await readCheckpoint(folder)
    requireState(checkpoint, built.step.state)
    const rest = await train(built, 4, 8, checkpoint.tensors)
    expect([...begun.losses, ...rest.losses]).toEqual(whole.losses)
    const ofHead = [...whole.state.keys()].filter((name) => name.startsWith('head_'))
    // Of each of its four weights: itself and Adam's two moments.
    expect(ofHead).toHaveLength(12)
    expect(rest.state).toEqual(whole.state)
  })

  it('keeps and exports nothing of its head', async () => {
    const [headed, plain] = [await build(withHead), await build(withoutHead)]
    const folder = await RunFolder.create(join(parent, 'exported'), 'exported', headed.settings, '0.0.0')
    const { description } = await prepareRun(folder, headed.settings, {})
    expect(description.network.heads?.[0]?.parameters).toBe(4 * 3 + 3 + (3 * 6 * 6 * 2 + 2))
    expect(description.network.parameters).toBe(plain.network.description.parameters)
    const { state } = await train(headed, 0, 3, new Map())
    const run = { settings: headed.settings, description, network: headed.network, weights: state }
    const { graph } = readModel(exportOnnx(run))
    const { graph: expected } = readModel(plain.network.encode(new Map()))
    expect(graph.nodes).toEqual(expected.nodes)
    expect(graph.outputs).toEqual(expected.outputs)
    expect([...graph.initializers.keys()]).toEqual([...expected.initializers.keys()])
    expect(floats(graph.initializers.get('conv1.weight'))).toEqual(floats(state.get('conv1.weight')))
    expect(Buffer.from(exportNpz(run)).includes('head_')).toBe(false)
  })

  it('begins from a file of its network with a fresh head', async () => {
    const { state } = await train(await build(withoutHead), 0, 3, new Map())
    const { network } = await build(withoutHead)
    const born = await build(withHead)
    const { step } = await build(withHead, network.encode(state))
    const initial = (built: Pick<Built, 'step'>, name: string) =>
      floats(built.step.state.find((tensor) => tensor.name === name)?.initial)
    expect(initial({ step }, 'conv1.weight')).toEqual(floats(state.get('conv1.weight')))
    expect(initial({ step }, 'head_conv.weight')).toEqual(initial(born, 'head_conv.weight'))
  })

  it('is written down with its head in its settings', () => {
    const { network } = settingsOf(withHead)
    expect(network.kind === 'layers' && network.architecture).toEqual(architectureSchema.parse(withHead))
  })
})
