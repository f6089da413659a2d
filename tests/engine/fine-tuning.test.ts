import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Inspector } from '../../engine/inspector/inspector.ts'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { VERDICT_LETTERS } from '../../engine/protocol/verdicts.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { Journal } from '../../engine/trainer/journal.ts'
import { RunControl } from '../../engine/trainer/run-control.ts'
import { startTrainer } from '../../engine/trainer/start-trainer.ts'
import { inHalfPrecision } from './half-precision.ts'
import { smallClassifier } from './small-classifier.ts'

const side = 16
let parent: string
let modelPath: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'fine-tuning-'))
  modelPath = join(parent, 'small.onnx')
  await writeFile(modelPath, smallClassifier({ side }))
})
afterAll(() => rm(parent, { recursive: true, force: true }))

type Network = Partial<Extract<RunSettingsInput['network'], { kind: 'model' }>>

async function train(name: string, network: Network = {}): Promise<{ folder: RunFolder; entries: RunLogEntry[] }> {
  const settings = runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: { count: 300, size: side } } },
    network: {
      kind: 'model',
      path: modelPath,
      preprocessing: { colourOrder: 'rgb', mean: [127.5], standardDeviation: [64] },
      ...network,
    },
    training: {
      epochs: 2,
      batchSize: 16,
      learningRate: 0.01,
      optimizer: { kind: 'adam' },
      schedule: {},
      device: 'cpu',
    },
  } satisfies RunSettingsInput)
  const folder = await RunFolder.create(join(parent, name), name, settings, '0.0.0')
  const entries: RunLogEntry[] = []
  const journal = await Journal.open(folder, (entry) => entries.push(entry))
  const trainer = await startTrainer(folder, false, new RunControl(), journal, () => undefined)
  await trainer.run()
  await journal.close()
  return { folder, entries }
}

function lossesOf(entries: readonly RunLogEntry[]): readonly number[] {
  return entries.flatMap((entry) => (entry.kind === 'steps' ? entry.losses : []))
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

const dataOf = (tensors: ReadonlyMap<string, Tensor>, name: string) => [...(tensors.get(name)?.data as Float32Array)]

/** What a picture becomes before it is fed to the exported file: the numbers of the settings above. */
const preprocess = (pixels: Uint8Array) => Float32Array.from(pixels, (pixel) => (pixel - 127.5) / 64)

describe('a run of an imported model', () => {
  it('learns, and writes the file it came from with what it learnt, whose answers are those of the app', async () => {
    const { folder, entries } = await train('plain')
    const losses = lossesOf(entries)
    expect(mean(losses.slice(-5))).toBeLessThan(0.6 * mean(losses.slice(0, 5)))

    const exported = await folder.readModel('model')
    const { graph, metadata, originalOpset } = readModel(exported)
    const original = readModel(smallClassifier({ side }))
    expect(originalOpset).toBe(original.originalOpset)
    expect(graph.nodes.map(({ name, opType }) => `${name} ${opType}`)).toEqual(
      original.graph.nodes.map(({ name, opType }) => `${name} ${opType}`),
    )
    expect(graph.inputs[0]).toEqual({ name: 'input', type: { dataType: 'float32', dims: ['batch', 1, side, side] } })
    expect(graph.outputs[0]?.type?.dims).toEqual(['batch', 2])
    expect(JSON.parse(metadata['classes'] ?? '')).toEqual(['X', 'O'])
    expect(JSON.parse(metadata['preprocessing'] ?? '')).toMatchObject({ mean: [127.5] })

    const inspector = new Inspector(() => undefined)
    const session = await createSession(exported, { provider: 'cpu', threads: 1 })
    for (const index of [0, 7]) {
      const seen = await inspector.answer('runs.classify', {
        runFolder: folder.path,
        picture: { kind: 'sample', split: 'test', index },
      })
      const twice = new Float32Array(2 * side * side)
      twice.set(preprocess(seen.pixels))
      twice.set(preprocess(seen.pixels), side * side)
      const answer = await session.run({ input: float32Tensor([2, 1, side, side], twice) })
      const probabilities = (answer['probabilities'] as Tensor).data as Float32Array
      seen.probabilities.forEach((expected, at) => {
        expect(Math.abs((probabilities[at] as number) - expected)).toBeLessThan(1e-5)
        expect(probabilities[at + 2]).toBeCloseTo(probabilities[at] as number, 6)
      })
    }
    await session.release()
  })

  it('of float16 learns in float32 and is written so, whose answers are those of the app', async () => {
    const path = join(parent, 'half.onnx')
    const half = inHalfPrecision(smallClassifier({ side }))
    await writeFile(path, half)
    const { folder, entries } = await train('half', { path })
    const losses = lossesOf(entries)
    expect(mean(losses.slice(-5))).toBeLessThan(0.6 * mean(losses.slice(0, 5)))
    const exported = await folder.readModel('model')
    const { graph } = readModel(exported)
    expect(graph.nodes.map(({ opType }) => opType)).toEqual(readModel(half).graph.nodes.map(({ opType }) => opType))
    const types = [...graph.initializers.values()].map(({ dataType }) => dataType)
    expect(new Set(types)).toEqual(new Set(['float32', 'int64']))
    const body = graph.initializers.get('conv1.weight')?.data as Float32Array
    const before = readModel(smallClassifier({ side })).graph.initializers.get('conv1.weight')?.data as Float32Array
    // They are still those of the file, but for what they learnt.
    body.forEach((value, at) => expect(Math.abs(value - (before[at] as number))).toBeLessThan(0.1))
    const inspector = new Inspector(() => undefined)
    const picture = { kind: 'sample', split: 'test', index: 3 } as const
    const seen = await inspector.answer('runs.classify', { runFolder: folder.path, picture })
    const session = await createSession(exported, { provider: 'cpu', threads: 1 })
    const fed = float32Tensor([1, 1, side, side], preprocess(seen.pixels))
    const answer = await session.run({ input_float32: fed })
    await session.release()
    const probabilities = (answer['probabilities_float32'] as Tensor).data as Float32Array
    expect(Math.abs((probabilities[0] as number) - (seen.probabilities[0] as number))).toBeLessThan(1e-5)
  })

  it('shows the filters of the file as the birth, and what became of them', async () => {
    const { folder } = await train('watched', { bodyLearningRateFactor: 1 })
    const description = await folder.description()
    expect(description?.kernelLayers.map(({ name, shape }) => [name, shape])).toEqual([
      ['conv1', [6, 1, 3, 3]],
      ['conv2', [8, 6, 3, 3]],
      ['fc', [2, 8, 8, 8]],
    ])
    const inspector = new Inspector(() => undefined)
    const look = { runFolder: folder.path, layer: 'conv1' }
    const birth = await inspector.answer('runs.filters', { ...look, step: 0 })
    const original = readModel(smallClassifier({ side })).graph.initializers
    expect([...birth.weights.data]).toEqual(dataOf(original, 'conv1.weight'))
    const end = await inspector.answer('runs.filters', {
      ...look,
      step: (await folder.snapshotSteps()).at(-1) as number,
    })
    expect([...end.weights.data]).not.toEqual([...birth.weights.data])
    const { maps } = await inspector.answer('runs.activations', {
      ...look,
      picture: { kind: 'sample', split: 'test', index: 0 },
    })
    expect(maps.dims).toEqual([6, side, side])
  })

  it('leaves frozen layers and their statistics as they were, and still shows them', async () => {
    const { folder } = await train('frozen', { frozen: ['conv1'], batchNormalization: 'trained' })
    const after = readModel(await folder.readModel('model')).graph.initializers
    const before = readModel(smallClassifier({ side })).graph.initializers
    for (const name of ['conv1.weight', 'conv1.bias', 'bn1.weight', 'bn1.mean', 'bn1.var']) {
      expect(dataOf(after, name), name).toEqual(dataOf(before, name))
    }
    expect(dataOf(after, 'conv2.weight')).not.toEqual(dataOf(before, 'conv2.weight'))
    const newest = (await folder.snapshotSteps()).at(-1) as number
    const filters = { runFolder: folder.path, layer: 'conv1', step: newest }
    const seen = await new Inspector(() => undefined).answer('runs.filters', filters)
    expect([...seen.weights.data]).toEqual(dataOf(before, 'conv1.weight'))
  })

  it('keeps running statistics where normalisations are trained, and writes them', async () => {
    const { folder, entries } = await train('normalised', { batchNormalization: 'trained' })
    const losses = lossesOf(entries)
    expect(mean(losses.slice(-5))).toBeLessThan(0.6 * mean(losses.slice(0, 5)))
    const after = readModel(await folder.readModel('model')).graph
    expect(dataOf(after.initializers, 'bn1.mean')).not.toEqual([0, 0, 0, 0, 0, 0])
    expect(after.nodes.find(({ opType }) => opType === 'BatchNormalization')?.attributes).not.toHaveProperty(
      'training_mode',
    )
  })

  it('calls a filter dead that the normalisation behind it silences', async () => {
    const { folder } = await train('silenced', { batchNormalization: 'trained' })
    const step = (await folder.snapshotSteps()).at(-1) as number
    const weights = await folder.readSnapshot(step)
    const scales = dataOf(weights, 'bn1.weight').map((scale, filter) => (filter === 2 ? 0 : scale))
    const silenced = float32Tensor([scales.length], Float32Array.from(scales))
    await folder.writeSnapshot(step, new Map([...weights, ['bn1.weight', silenced]]))
    const look = await new Inspector(() => undefined).answer('runs.look', { runFolder: folder.path, step })
    const { filters } = look.layers.find(({ name }) => name === 'conv1') as (typeof look.layers)[number]
    expect([...filters].map((letter) => letter === VERDICT_LETTERS.dead)).toEqual(scales.map((scale) => scale === 0))
  })

  it('goes on from its own copy of the model after the file has moved', async () => {
    const moved = join(parent, 'moved.onnx')
    await writeFile(moved, smallClassifier({ side }))
    const { folder } = await train('moved', { path: moved })
    await rm(moved)
    const journal = await Journal.open(folder, () => undefined)
    const trainer = await startTrainer(folder, true, new RunControl(), journal, () => undefined)
    await trainer.run()
    await journal.close()
    expect((await folder.description())?.phase).toBe('finished')
  })

  it('passes the checker of the ONNX package (needs python3 with onnx)', async (context) => {
    const probe = spawnSync('/usr/bin/python3', ['-c', 'import onnx'])
    if (probe.status !== 0) context.skip('python3 has no onnx package here')
    const { folder } = await train('checked')
    // The small file is of operator set 18, which that checker knows from 1.13 on: as 17 it is the same file.
    const bytes = await readFile(join(folder.path, 'model.onnx'))
    const script =
      'import onnx,sys\nm=onnx.load(sys.argv[1])\nm.opset_import[0].version=17\nonnx.checker.check_model(m,full_check=True)'
    const checked = spawnSync('/usr/bin/python3', ['-c', script, join(folder.path, 'model.onnx')], { encoding: 'utf8' })
    expect(bytes.length).toBeGreaterThan(0)
    expect(checked.stderr).toBe('')
    expect(checked.status).toBe(0)
  })
})
