import { randomUUID } from 'node:crypto'
import { appendFile, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Tensor, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { type RunSettings, runSettingsSchema } from '../protocol/settings.ts'
import { RunError } from './run-error.ts'
import { RunFolder, listRuns, openRunFolder } from './run-folder.ts'
import { RunLogWriter, readRunLog } from './run-log.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { appendLook, readLooks } from './verdict-file.ts'

const settings: RunSettings = runSettingsSchema.parse({
  data: { source: { kind: 'xo', options: {} } },
  network: {
    kind: 'layers',
    architecture: { name: 'tiny', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
  },
  training: { optimizer: { kind: 'adam' }, schedule: {} },
})

let parent: string
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'runs-'))
})
afterEach(() => rm(parent, { recursive: true }))

function weights(value: number): Map<string, Tensor> {
  return new Map([['fc1.weight', float32Tensor([2, 2], Float32Array.of(value, 1, 2, 3))]])
}

describe('RunFolder', () => {
  it('keeps settings, snapshots and checkpoints', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1.2.3')
    await folder.writeSnapshot(0, weights(7))
    await folder.writeSnapshot(12, weights(8))
    for (const step of [10, 20, 30]) {
      await folder.writeCheckpoint({ step, tensors: new Map([['step', int64Tensor([], [step])]]) })
    }
    const opened = await openRunFolder(folder.path)
    expect(opened.settings).toEqual(settings)
    expect(await opened.snapshotSteps()).toEqual([0, 12])
    expect((await opened.readSnapshot(12)).get('fc1.weight')?.data).toEqual(Float32Array.of(8, 1, 2, 3))
    expect((await opened.newestCheckpoint())?.step).toBe(30)
    expect((await opened.newestCheckpoint(30))?.step).toBeLessThan(30)
    expect(await opened.newestCheckpoint(1)).toBeUndefined()
    expect(await readdir(join(folder.path, 'checkpoints'))).toHaveLength(2)
    await expect(opened.readSnapshot(5)).rejects.toThrow('The weights of step 5 are not kept')
  })

  it('leaves the old snapshot whole and nothing half written where a new one is refused', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1.2.3')
    await mkdir(join(folder.path, 'snapshots', 'step-000000003.safetensors'))
    await expect(folder.writeSnapshot(3, weights(1))).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/)
    expect(await readdir(join(folder.path, 'snapshots'))).toEqual(['step-000000003.safetensors'])
  })

  it('goes back to the checkpoint before one that is damaged', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1.2.3')
    for (const step of [10, 20]) await folder.writeCheckpoint({ step, tensors: weights(step) })
    const newest = join(folder.path, 'checkpoints', 'step-000000020.safetensors')
    await writeFile(newest, (await readFile(newest)).subarray(0, 40))
    expect((await folder.newestCheckpoint())?.step).toBe(10)
  })

  it('removes what is later than the step a run goes on from, and what a crash left half written', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1.2.3')
    for (const step of [0, 10, 20]) await folder.writeSnapshot(step, weights(step))
    for (const step of [10, 20]) await folder.writeCheckpoint({ step, tensors: weights(step) })
    const part = `run.json.${randomUUID()}.part`
    await writeFile(join(folder.path, part), '{')
    for (const step of [0, 10, 20]) await appendLook(folder.path, { step, layers: [] })
    await folder.forgetAfter(10)
    expect((await readLooks(folder.path)).map(({ step }) => step)).toEqual([0, 10])
    expect(await folder.snapshotSteps()).toEqual([0, 10])
    expect((await folder.newestCheckpoint())?.step).toBe(10)
    expect(await readdir(folder.path)).not.toContain(part)
    expect(await readdir(folder.path)).toContain('settings.json')
  })

  it('tells weights that were written again from those before', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1.2.3')
    expect(await folder.snapshotVersion(10)).toBe('')
    await folder.writeSnapshot(10, weights(10))
    const before = await folder.snapshotVersion(10)
    expect(await folder.snapshotVersion(10)).toBe(before)
    await folder.forgetAfter(0)
    await folder.writeSnapshot(10, weights(11))
    expect(await folder.snapshotVersion(10)).not.toBe(before)
  })

  it('never overwrites: a folder that holds something is refused', async () => {
    await writeFile(join(parent, 'notes.txt'), 'mine')
    await expect(RunFolder.create(parent, 'run', settings, '1')).rejects.toThrow('is not empty (it holds notes.txt)')
  })

  it('says in one sentence why a folder cannot be made', async () => {
    const file = join(parent, 'notes.txt')
    await writeFile(file, 'mine')
    const create = (path: string) => RunFolder.create(path, 'run', settings, '1')
    await expect(create(file)).rejects.toThrow(`The run folder ${file} cannot be made: there is a file of that name`)
    await expect(create(join(file, 'run'))).rejects.toThrow('a part of its path is a file')
    await expect(create(join(parent, 'n'.repeat(300)))).rejects.toThrow('its name is too long')
    await expect(create(file)).rejects.toThrow(RunError)
  })

  it('takes away what it made and nothing else', async () => {
    const own = join(parent, 'own')
    await mkdir(own)
    const folders = [own, join(parent, 'new')].map((path) => RunFolder.create(path, 'run', settings, '1'))
    for (const folder of await Promise.all(folders)) await folder.discard()
    expect(await readdir(parent)).toEqual(['own'])
    expect(await readdir(own)).toEqual([])
  })

  it('lists runs beside folders whose description is damaged', async () => {
    const run = {
      id: 'good',
      architectureName: 'tiny',
      dataTitle: 'X or O',
      createdAt: '2026-11-23',
      phase: 'finished',
      epochs: 1,
      stepsPerEpoch: 2,
      totalSteps: 2,
      step: 2,
    }
    for (const [id, text] of [
      ['good', JSON.stringify(run)],
      ['empty', '{}'],
      ['torn', '{"id":'],
    ] as const) {
      const folder = await RunFolder.create(join(parent, id), id, settings, '1')
      await writeFile(join(folder.path, 'run.json'), text)
    }
    expect((await listRuns(parent)).map(({ id }) => id)).toEqual(['good'])
  })

  it('opens a run of the first format, whose settings held the architecture alone', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1')
    const path = join(folder.path, 'settings.json')
    const file = JSON.parse(await readFile(path, 'utf8')) as { settings: RunSettings }
    const { network, ...rest } = file.settings
    if (network.kind !== 'layers') throw new Error('The settings of this test name layers.')
    const old = { ...file, formatVersion: 1, settings: { ...rest, architecture: network.architecture } }
    await writeFile(path, JSON.stringify(old))
    expect((await openRunFolder(folder.path)).settings).toEqual(settings)
  })

  it('opens a run from before pictures could be changed or classes weighed as one that does neither', async () => {
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1')
    const text = await readFile(join(folder.path, 'settings.json'), 'utf8')
    expect(text).not.toMatch(/augmentation|classBalance/)
    const { training } = (await openRunFolder(folder.path)).settings
    expect(training).not.toHaveProperty('augmentation')
    expect(training).not.toHaveProperty('classBalance')
  })

  it('refuses what is no run folder and what a newer version wrote', async () => {
    await expect(openRunFolder(parent)).rejects.toThrow('is not a run folder')
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '1')
    const path = join(folder.path, 'settings.json')
    const file = JSON.parse(await readFile(path, 'utf8')) as object
    await writeFile(path, JSON.stringify({ ...file, formatVersion: 99, settings: 'of another kind' }))
    await expect(openRunFolder(folder.path)).rejects.toThrow('run format 99')
    expect(await listRuns(parent)).toEqual([])
  })
})

describe('the run log', () => {
  const entry = (step: number) => ({ kind: 'checkpoint', step }) as const

  it('numbers entries by line and reads from any of them', async () => {
    const path = join(parent, 'metrics.jsonl')
    const log = await RunLogWriter.open(path)
    await Promise.all([0, 1, 2, 3].map((step) => log.append(entry(step))))
    await log.close()
    expect(await readRunLog(path)).toEqual([0, 1, 2, 3].map(entry))
    expect(await readRunLog(path, 2, 1)).toEqual([entry(2)])
    expect(await readRunLog(join(parent, 'none.jsonl'))).toEqual([])
  })

  it('cuts off a torn line that is longer than what is read at once', async () => {
    const path = join(parent, 'metrics.jsonl')
    const before = await RunLogWriter.open(path)
    await before.append(entry(0))
    await before.close()
    await appendFile(path, `{"kind":"problem","problem":{"message":"${'x'.repeat(3 << 20)}`)
    await (await RunLogWriter.open(path)).close()
    expect(await readFile(path, 'utf8')).toBe(`${JSON.stringify(entry(0))}\n`)
  })

  it('cuts off a line torn by a crash and goes on behind the whole ones', async () => {
    const path = join(parent, 'metrics.jsonl')
    const before = await RunLogWriter.open(path)
    await before.append(entry(0))
    await before.close()
    await appendFile(path, '{"kind":"check')
    expect(await readRunLog(path)).toEqual([entry(0)])
    const after = await RunLogWriter.open(path)
    await after.append(entry(1))
    await after.close()
    expect(await readRunLog(path)).toEqual([entry(0), entry(1)])
  })
})

describe('safetensors', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ minLength: 1 }).filter((name) => name !== '__metadata__' && name !== '__proto__'),
          fc.float32Array(),
        ),
        (arrays) => {
          const tensors = new Map(
            Object.entries(arrays).map(([name, data]) => [name, float32Tensor([data.length], data)]),
          )
          const { tensors: read, metadata } = decodeSafetensors(encodeSafetensors(tensors, { step: '5' }), 'file')
          expect(read).toEqual(tensors)
          expect(metadata).toEqual({ step: '5' })
        },
      ),
    )
  })

  it('says that a file cut anywhere is damaged', () => {
    const file = encodeSafetensors(weights(1))
    fc.assert(
      fc.property(fc.integer({ min: 0, max: file.length - 1 }), (length) => {
        expect(() => decodeSafetensors(file.subarray(0, length), 'a.safetensors')).toThrow('a.safetensors is damaged')
      }),
    )
  })
})
