import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildNetwork } from '../architectures/build-network.ts'
import { batchOptions } from '../datasets/batch-options.ts'
import { createBatchSource } from '../datasets/batches.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import { type Tensor, float32Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { DataProgress } from '../protocol/messages.ts'
import type { Architecture } from '../protocol/architecture.ts'
import { type RunSettings, runSettingsSchema, trainingViewSchema } from '../protocol/settings.ts'
import { RunFolder } from '../runs/run-folder.ts'
import { readLooks } from '../runs/verdict-file.ts'
import { Inspector } from './inspector.ts'

const architecture: Architecture = {
  name: 'tiny',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 2, kernel: [3, 3], stride: [1, 1], padding: [0, 0] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}

const settings: RunSettings = runSettingsSchema.parse({
  data: { source: { kind: 'xo', options: { count: 60, size: 12, shift: 1 } } },
  network: { kind: 'layers', architecture },
  training: { optimizer: { kind: 'adam' }, schedule: {} },
})

let parent: string
let runPath: string

/** A run with two kept steps: at step 10 every kernel only passes its middle pixel on, times 1 and times −2. */
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'filterscope-inspector-'))
  runPath = join(parent, 'run')
  const folder = await RunFolder.create(runPath, 'run', settings, '0.0.0')
  const { summary } = await openDataset(settings.data)
  const network = buildNetwork(architecture, { channels: 1, height: 12, width: 12, classes: 2 }, summary, 'heNormal', 0)
  await folder.writeModel('initial', writeModel({ graph: network }))
  const birth = new Map([...network.initializers].filter(([name]) => /\.(weight|bias)$/.test(name)))
  await folder.writeSnapshot(0, birth)
  await folder.writeSnapshot(10, new Map<string, Tensor>([...birth, ...handMadeWeights()]))
})

afterAll(() => rm(parent, { recursive: true }))

function handMadeWeights(): [string, Tensor][] {
  const kernels = new Float32Array(2 * 9)
  kernels[4] = 1
  kernels[9 + 4] = -2
  return [
    ['conv1.weight', float32Tensor([2, 1, 3, 3], kernels)],
    ['conv1.bias', float32Tensor([2], Float32Array.of(0.5, 0))],
    ['fc1.weight', float32Tensor([2, 200], new Float32Array(400))],
    ['fc1.bias', float32Tensor([2], Float32Array.of(0, Math.log(3)))],
  ]
}

const inspector = (onProgress: (progress: DataProgress) => void = () => undefined) => new Inspector(onProgress)

describe('data', () => {
  it('opens a data set once for the same settings and gives its pictures by class', async () => {
    const progress: DataProgress[] = []
    const answers = inspector((report) => progress.push(report))
    const { dataId, summary } = await answers.answer('data.open', { settings: settings.data })
    const reports = progress.length
    expect(reports).toBeGreaterThan(0)
    expect((await answers.answer('data.open', { settings: settings.data })).dataId).toBe(dataId)
    expect(progress).toHaveLength(reports)
    const ask = (parameters: object) =>
      answers.answer('data.thumbnails', { dataId, split: 'train', offset: 0, count: 10, ...parameters })
    const all = await ask({})
    expect(all).toMatchObject({ width: 12, height: 12, channels: 1, indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] })
    const onlyO = await ask({ classIndex: 1, offset: 3, count: 4 })
    expect(onlyO.labels).toEqual([1, 1, 1, 1])
    const dataset = await openDataset(settings.data)
    const wanted = [...dataset.splits.train.labels.entries()].filter(([, label]) => label === 1).map(([index]) => index)
    expect(onlyO.indices).toEqual(wanted.slice(3, 7))
    const pixels = new Uint8Array(4 * 144)
    await dataset.splits.train.read(onlyO.indices, pixels)
    expect(onlyO.pixels).toEqual(pixels)
    const last = await ask({ split: 'validation', offset: summary.counts.validation - 1 })
    expect(last.indices).toEqual([summary.counts.validation - 1])
    expect((await ask({ offset: 100_000 })).indices).toEqual([])
  })

  it('shows large pictures smaller', async () => {
    const data = { ...settings.data, image: { width: 256, height: 200, channels: 3, fit: 'stretch' } as const }
    const answers = inspector()
    const { dataId } = await answers.answer('data.open', { settings: data })
    const walls = await answers.answer('data.thumbnails', { dataId, split: 'test', offset: 0, count: 3 })
    expect(walls).toMatchObject({ width: 128, height: 100, channels: 3 })
    expect(walls.pixels).toHaveLength(3 * 128 * 100 * 3)
    expect(Math.max(...walls.pixels)).toBeGreaterThan(200)
  })

  it('shows the first pictures of a step as training with the same settings takes them', async () => {
    const training = trainingViewSchema.parse({
      batchSize: 8,
      seed: 3,
      classBalance: 'sampling',
      augmentation: { flipHorizontal: true, rotation: 20, noise: 0.1 },
    })
    const dataset = await openDataset(settings.data)
    const { train } = dataset.splits
    const taken = await createBatchSource(train, batchOptions(dataset, training)).take(4, 1)
    const ask = { data: settings.data, training, step: 4, count: 5 }
    const shown = await inspector().answer('data.trainingPictures', ask)
    expect(shown).toMatchObject({ width: 12, height: 12, channels: 1, indices: [...taken.indices].slice(0, 5) })
    expect(shown.labels).toEqual([...taken.labels].slice(0, 5).map(Number))
    expect(shown.pixels).toEqual(taken.pixels.slice(0, 5 * 144))
    const originals = new Uint8Array(5 * 144)
    await train.read(shown.indices, originals)
    expect(shown.originals).toEqual(originals)
    const mixing = { ...training, augmentation: { ...training.augmentation, mixup: 0.7 } }
    const mixed = await createBatchSource(train, batchOptions(dataset, trainingViewSchema.parse(mixing))).take(4, 1)
    const blended = await inspector().answer('data.trainingPictures', {
      ...ask,
      training: trainingViewSchema.parse(mixing),
    })
    expect(blended.pixels).toEqual(mixed.pixels.slice(0, 5 * 144))
    expect(blended.mixed?.labels).toEqual([...(mixed.mixed?.labels ?? [])].slice(0, 5).map(Number))
    expect(blended.mixed?.shares).toEqual([...(mixed.mixed?.shares ?? [])].slice(0, 5))
    const tooMuch = { ...training, augmentation: { ...training.augmentation, shift: 7 } }
    const refused = inspector().answer('data.trainingPictures', {
      ...ask,
      training: trainingViewSchema.parse(tooMuch),
    })
    await expect(refused).rejects.toThrow('for pictures of 12×12 pixels allow at most 6')
  })

  it('forgets the data used longest ago, and says so', async () => {
    const answers = inspector()
    const open = (seed: number) => answers.answer('data.open', { settings: { ...settings.data, seed } })
    const first = await open(1)
    await open(2)
    await open(3)
    await expect(
      answers.answer('data.thumbnails', { dataId: first.dataId, split: 'train', offset: 0, count: 1 }),
    ).rejects.toMatchObject({ name: 'InspectionError', code: 'notFound' })
  })

  it('cancels an opening and can open the same data afterwards', async () => {
    const { source, ...rest } = settings.data
    if (source.kind !== 'xo') throw new Error('This test needs the generated data.')
    const large = { ...rest, source: { ...source, options: { ...source.options, count: 20_000 } } }
    const answers: Inspector = inspector(() => answers.cancelOpening())
    await expect(answers.answer('data.open', { settings: large })).rejects.toMatchObject({
      name: 'OpeningCancelledError',
    })
    const patient = inspector()
    const opening = patient.answer('data.open', { settings: large })
    patient.cancelOpening()
    await expect(opening).rejects.toMatchObject({ name: 'OpeningCancelledError' })
    expect((await patient.answer('data.open', { settings: large })).summary.counts.train).toBeGreaterThan(10_000)
  })
})

describe('a run', () => {
  const picture = { kind: 'sample', split: 'test', index: 3 } as const

  it('computes the maps of a layer with the weights of a kept step', async () => {
    const frame = await inspector().answer('runs.activations', {
      runFolder: runPath,
      layer: 'conv1',
      picture,
      step: 10,
    })
    expect(frame).toMatchObject({ layer: 'conv1', step: 10, maps: { dims: [2, 10, 10] } })
    const { summary, splits } = await openDataset(settings.data)
    const pixels = new Uint8Array(144)
    await splits.test.read([3], pixels)
    for (let y = 0; y < 10; y++) {
      for (let x = 0; x < 10; x++) {
        const pixel = pixels[(y + 1) * 12 + x + 1] as number
        const normalised = (pixel / 255 - (summary.mean[0] as number)) / (summary.standardDeviation[0] as number)
        expect(frame.maps.data[y * 10 + x]).toBeCloseTo(normalised + 0.5, 4)
        expect(frame.maps.data[100 + y * 10 + x]).toBeCloseTo(-2 * normalised, 4)
      }
    }
    expect(frame.probabilities[0]).toBeCloseTo(0.25, 6)
    expect(frame.probabilities[1]).toBeCloseTo(0.75, 6)
  })

  it('changes the step without another session, and takes the newest step where none is named', async () => {
    const answers = inspector()
    const at = (step?: number) =>
      answers.answer('runs.activations', {
        runFolder: runPath,
        layer: 'fc1',
        picture,
        ...(step !== undefined && { step }),
      })
    const [birth, newest] = [await at(0), await at()]
    expect(birth.maps.dims).toEqual([2])
    expect(birth.step).toBe(0)
    expect(newest.step).toBe(10)
    expect(newest.maps.data[1]).toBeCloseTo(Math.log(3), 6)
    expect(birth.maps.data).not.toEqual(newest.maps.data)
    expect((await at(0)).maps.data).toEqual(birth.maps.data)
  })

  it('classifies a sample with its label, and any picture file brought to size as data sets are', async () => {
    const answers = inspector()
    const { splits } = await openDataset(settings.data)
    const sample = await answers.answer('runs.classify', { runFolder: runPath, picture })
    expect(sample).toMatchObject({ step: 10, width: 12, height: 12, channels: 1, label: splits.test.labels[3] })
    const expected = new Uint8Array(144)
    await splits.test.read([3], expected)
    expect(Buffer.compare(sample.pixels, expected)).toBe(0)

    const path = join(parent, 'photo.png')
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#808080' } })
      .png()
      .toFile(path)
    const file = await answers.answer('runs.classify', { runFolder: runPath, picture: { kind: 'file', path } })
    expect(file.label).toBeUndefined()
    expect([...file.pixels]).toEqual(new Array<number>(144).fill(0x80))
    expect(file.probabilities.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1, 6)
  })

  it('looks at the filters of a kept step, keeps what it saw with the run, and gives reasons', async () => {
    const answers = inspector()
    const birth = await answers.answer('runs.look', { runFolder: runPath, step: 0 })
    const later = await answers.answer('runs.look', { runFolder: runPath, step: 10 })
    expect(await readLooks(runPath)).toEqual([birth, later])
    expect(later.layers.map(({ name, filters }) => [name, filters.length])).toEqual([
      ['conv1', 2],
      ['fc1', 2],
    ])
    // One weight each, and rows of zeros.
    expect(later.layers.map(({ filters }) => filters)).toEqual(['gg', 'dd'])
    expect(birth.layers[0]?.filters).toMatch(/^[reu]{2}$/)
    const layer = { runFolder: runPath, layer: 'conv1' }
    const { filters } = await answers.answer('runs.verdict', { ...layer, step: 0 })
    const reasons = await answers.answer('runs.reasons', { ...layer, step: 0, filter: 1 })
    expect(reasons).toMatchObject(filters[1] ?? {})
    expect(reasons.measures.map(({ id }) => id)).toEqual(['smooth', 'spectrum', 'nearest'])
    expect(reasons.sinceBirth).toEqual({ rotation: expect.closeTo(0) as number, distance: 0, signFlips: 0 })
    const moved = await answers.answer('runs.reasons', { ...layer, step: 10, filter: 1 })
    expect(moved.measures).toEqual([])
    expect(moved.sinceBirth?.rotation).toBeGreaterThan(0.1)
    await expect(answers.answer('runs.reasons', { ...layer, step: 0, filter: 2 })).rejects.toThrow(
      'This layer has 2 filters, so there is no #2.',
    )
  })

  it('says in one sentence what it cannot look at', async () => {
    const answers = inspector()
    const ask = (parameters: object) =>
      answers.answer('runs.activations', { runFolder: runPath, layer: 'conv1', picture, ...parameters })
    await expect(ask({ layer: 'conv9' })).rejects.toThrow(
      'This network has no layer “conv9”; its layers are conv1, relu1, fc1.',
    )
    await expect(ask({ step: 7 })).rejects.toThrow(/The weights of step 7 are not kept/)
    await expect(ask({ picture: { ...picture, index: 999 } })).rejects.toThrow(/there is no picture #999/)
    const path = join(parent, 'text.png')
    await writeFile(path, 'no picture')
    await expect(ask({ picture: { kind: 'file', path } })).rejects.toThrow(/text\.png cannot be read as a picture/)
    await expect(ask({ runFolder: join(parent, 'none') })).rejects.toThrow(/is not a run folder/)
    const unborn = join(parent, 'unborn')
    await RunFolder.create(unborn, 'unborn', settings, '0.0.0')
    await expect(ask({ runFolder: unborn })).rejects.toThrow(/has kept no weights yet/)
    // A run that could not be opened is tried again.
    await expect(ask({ runFolder: unborn })).rejects.toThrow(/has kept no weights yet/)
  })
})
