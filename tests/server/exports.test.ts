import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readModel } from '../../engine/onnx/read-model.ts'
import type { DataProgress } from '../../engine/protocol/messages.ts'
import type { Client } from '../../engine/protocol/client.ts'
import type { RunLogEntry } from '../../engine/protocol/runs.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { xoSettings } from './fixtures/settings.ts'
import { startTestServer, type TestServer, until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let server: TestServer
let window: Client
let runId: string

beforeAll(async () => {
  programs = await buildPrograms({
    trainer: 'engine/trainer/trainer-process.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
  server = await startTestServer(programs.folder)
  window = server.connect()
  ;({ runId } = await window.request('runs.start', { settings: xoSettings({ epochs: 2 }, 200) }))
  const entries: RunLogEntry[] = []
  window.subscribe({ kind: 'run', runId }, {}, (entry) => void entries.push(entry))
  await until(() => entries.some(({ kind }) => kind === 'finished'))
})
afterAll(async () => {
  await server.close()
  programs.remove()
})

const get = (address: string, token = server.server.token) =>
  fetch(`http://127.0.0.1:${server.server.port}${address}?token=${token}`)

test('a run says which networks of it can be exported', async () => {
  const choices = await window.request('runs.exportable', { runId })
  expect(choices).toMatchObject({ runId, name: 'small' })
  expect(choices.steps[0]).toBe(0)
  expect(choices.steps).toContain(choices.best?.step)
  await expect(window.request('runs.exportable', { runId: 'none' })).rejects.toThrow(/There is no run none/)
})

test('a window downloads what was exported for it, and nobody else does', async () => {
  const progress: DataProgress[] = []
  window.subscribe({ kind: 'task', taskId: 'first' }, {}, (value) => void progress.push(value))
  const { files } = await window.request('runs.export', {
    runId,
    formats: ['onnx', 'npz', 'csv', 'trainingGraph'],
    target: { kind: 'download', name: "é 1's" },
    taskId: 'first',
  })
  expect(files.map(({ name }) => name)).toEqual([
    "é 1's.csv",
    "é 1's.onnx",
    "é 1's.npz",
    "é 1's-training.onnx",
    "é 1's-training-initial.onnx",
  ])
  expect(progress.map(({ stage }) => stage)).toContain("Writing é 1's.onnx")
  for (const { address = '', byteLength } of files) {
    const response = await get(address)
    expect(response.headers.get('content-disposition')).toMatch(/^attachment; filename\*=UTF-8''%C3%A9%201%27s/)
    expect((await response.arrayBuffer()).byteLength).toBe(byteLength)
    expect((await get(address, 'wrong')).status).toBe(401)
  }
  const onnx = Buffer.from(await (await get(files[1]?.address ?? '')).arrayBuffer())
  const kept = await readFile(join(server.runsFolder, runId, 'model.onnx'))
  expect(readModel(onnx).graph.initializers.get('conv1.weight')).toEqual(
    readModel(kept).graph.initializers.get('conv1.weight'),
  )
})

test('other steps are other weights', async () => {
  const weightsAt = async (step: number) => {
    const { files } = await window.request('runs.export', {
      runId,
      step,
      formats: ['onnx'],
      target: { kind: 'download', name: 'n' },
      taskId: `step-${step}`,
    })
    const bytes = Buffer.from(await (await get(files[0]?.address ?? '')).arrayBuffer())
    return readModel(bytes).graph.initializers.get('conv1.weight')
  }
  const born = readModel(await readFile(join(server.runsFolder, runId, 'initial.onnx')))
  expect(await weightsAt(0)).toEqual(born.graph.initializers.get('conv1.weight'))
  await expect(weightsAt(12345)).rejects.toThrow(/The weights of step 12345 are not kept/)
})

test('a path outside of what exports lie in leads nowhere', async () => {
  const { files } = await window.request('runs.export', {
    runId,
    formats: ['csv'],
    target: { kind: 'download', name: 'n' },
    taskId: 'paths',
  })
  const [, , folder] = (files[0]?.address ?? '').split('/')
  for (const address of [
    '/export/',
    `/export/${folder}`,
    `/export/${folder}/`,
    `/export/${folder}/..%2F..%2Fetc%2Fpasswd`,
    `/export/..%2F${folder}/n.csv`,
    '/export/%E0%A4%A/n.csv',
    `/export/${folder}/missing.csv`,
  ]) {
    const response = await get(address)
    expect([address, response.status]).toEqual([address, 404])
    expect(await response.text()).toMatch(/\.$/)
  }
})

test('files where the person wants them are replaced only when told so', async () => {
  const path = join(server.root, 'kept.csv')
  await writeFile(path, 'mine')
  const exportTo = (replace: 'none' | 'chosen' | 'all', chosen = path) =>
    window.request('runs.export', {
      runId,
      formats: ['csv', 'npz'],
      target: { kind: 'file', path: chosen, replace },
      taskId: 'file',
    })
  await expect(exportTo('none')).rejects.toMatchObject({ code: 'exists' })
  // What was asked about is not the file in the way.
  await expect(exportTo('chosen', join(server.root, 'kept.npz'))).rejects.toThrow(/^kept.csv is in .* already; /)
  expect(await readFile(path, 'utf8')).toBe('mine')
  expect(existsSync(join(server.root, 'kept.npz'))).toBe(false)
  expect((await exportTo('chosen')).files.map(({ name }) => name)).toEqual(['kept.csv', 'kept.npz'])
  expect(await readFile(path, 'utf8')).toContain('step,epoch')
  await expect(exportTo('all', '/etc/kept.csv')).rejects.toThrow(/outside/)
  // With an ending it would lie beside the root.
  await expect(exportTo('all', server.root)).rejects.toThrow(/outside/)
  expect(existsSync(`${server.root}.csv`)).toBe(false)
})

test('a training graph takes the very name it was given, once', async () => {
  const { files } = await window.request('runs.export', {
    runId,
    formats: ['trainingGraph'],
    target: { kind: 'file', path: join(server.root, 'lesson-training.onnx'), replace: 'chosen' },
    taskId: 'training-graph',
  })
  expect(files.map(({ name }) => name)).toEqual(['lesson-training.onnx', 'lesson-training-initial.onnx'])
})
