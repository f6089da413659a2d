import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { RunFolder } from '../runs/run-folder.ts'
import { RunLogWriter } from '../runs/run-log.ts'
import { runSettingsSchema } from '../protocol/settings.ts'
import { ExportCancelledError, ExportError, FilesExistError } from './export-error.ts'
import { exportRun } from './export-run.ts'

let parent: string
let run: string

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'export-run-'))
  run = join(parent, 'run')
  const settings = runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: {} } },
    network: { kind: 'layers', architecture: { name: 'n', layers: [{ kind: 'relu', name: 'r' }] } },
    training: { optimizer: { kind: 'adam' }, schedule: {} },
  })
  const folder = await RunFolder.create(run, 'n', settings, '0.0.0')
  const log = await RunLogWriter.open(folder.logPath)
  await log.append({ kind: 'evaluation', split: 'test', step: 2, epoch: 1, loss: 0.5, accuracy: 1 })
  await log.close()
})
afterEach(() => rm(parent, { recursive: true, force: true }))

describe('exporting a run', () => {
  it('writes the curves of a run that has no weights yet, and says that it has none', async () => {
    const csv = join(parent, 'curves.csv')
    const [written] = await exportRun(run, { csv })
    expect(await readFile(csv, 'utf8')).toContain('2,1,test,0.5,1,')
    expect(written?.byteLength).toBe((await readFile(csv)).byteLength)
    await expect(exportRun(run, { onnx: join(parent, 'x.onnx') })).rejects.toThrow(ExportError)
    await expect(exportRun(run, { onnx: join(parent, 'x.onnx') })).rejects.toThrow(/has kept no weights yet; /)
  })

  it('replaces nothing that it was not told to replace, and names every file in the way', async () => {
    const csv = join(parent, 'a.csv')
    await writeFile(csv, 'mine')
    await writeFile(join(parent, 'a-training-initial.onnx'), 'mine too')
    const paths = { csv, trainingGraph: join(parent, 'a-training.onnx') }
    await expect(exportRun(run, paths)).rejects.toThrow(FilesExistError)
    await expect(exportRun(run, paths)).rejects.toThrow(
      `a.csv, a-training-initial.onnx are in ${parent} already; choose another name, or replace them.`,
    )
    expect(await readFile(csv, 'utf8')).toBe('mine')
    await exportRun(run, { csv }, { mayReplace: (path) => path === csv })
    expect(await readFile(csv, 'utf8')).toContain('step,epoch')
  })

  it('refuses one name for two files', async () => {
    const path = join(parent, 'both.onnx')
    await expect(exportRun(run, { onnx: path, trainingGraph: path })).rejects.toThrow(
      /both\.onnx is named for two parts/,
    )
  })

  it('leaves nothing behind where one of its files cannot be made, or the person ends it', async () => {
    const csv = join(parent, 'a.csv')
    const before = await readdir(parent)
    // The curves are written before the missing weights are noticed.
    await expect(exportRun(run, { csv, npz: join(parent, 'a.npz') })).rejects.toThrow(ExportError)
    const controller = new AbortController()
    const cancelled = exportRun(run, { csv }, { signal: controller.signal, onProgress: () => controller.abort() })
    await expect(cancelled).rejects.toThrow(ExportCancelledError)
    expect(await readdir(parent)).toEqual(before)
  })

  it('says in one sentence where it cannot write', async () => {
    const csv = join(parent, 'no such folder', 'a.csv')
    await expect(exportRun(run, { csv })).rejects.toThrow(
      `${csv} cannot be written (the folder around it cannot be written to); choose another place than ${join(parent, 'no such folder')}.`,
    )
  })
})
