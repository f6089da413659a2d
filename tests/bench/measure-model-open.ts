import { fork } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type UploadReply, uploadAddress } from '../../engine/protocol/upload.ts'
import { resNet50File } from '../engine/resnet50.ts'
import { smallClassifier } from '../engine/small-classifier.ts'
import { callInspector } from '../server/fixtures/call-inspector.ts'
import { startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'
import { watchMemory } from './peak-memory.ts'

const rounds = 5
const budgetMs = 1500
const budgetShare = 3

/** A file of ResNet-50's size: from the drop to its first filters, uploaded to the served workbench and by its path, and the memory of the process that reads it in shares of the file. */
export async function measureModelOpen(programFolder: string): Promise<BenchRow[]> {
  const bytes = resNet50File()
  const rows = await measureTimes(programFolder, bytes)
  const share = await measureMemory(programFolder, bytes)
  if (share === undefined) return rows
  const memory = { name: 'model-open-memory', value: share, unit: 'files', peer: 'budget', peerValue: budgetShare }
  return [...rows, { ...memory, ratio: budgetShare / share }]
}

async function measureTimes(programFolder: string, bytes: Uint8Array<ArrayBuffer>): Promise<BenchRow[]> {
  const server = await startTestServer(programFolder)
  try {
    const window = server.connect()
    const firstFilters = async (path: string) => {
      const { layers } = await window.request('models.open', { path })
      await window.request('models.filters', { path, layer: layers[0]?.name ?? '' })
    }
    const small = join(server.root, 'small.onnx')
    await writeFile(small, smallClassifier())
    await firstFilters(small)
    const dropped: number[] = []
    const byPath: number[] = []
    for (let round = 0; round < rounds; round++) {
      const path = join(server.root, `model-${round}.onnx`)
      await writeFile(path, bytes)
      byPath.push(await timed(() => firstFilters(path)))
      dropped.push(
        await timed(async () => {
          const { port, token } = server.server
          const address = `http://127.0.0.1:${port}${uploadAddress(`drop-${round}`, 'model.onnx')}&token=${token}`
          const reply = (await (await fetch(address, { method: 'POST', body: bytes })).json()) as UploadReply
          await firstFilters(reply.path)
        }),
      )
    }
    return [rowOf('model-open-uploaded', dropped), rowOf('model-open-by-path', byPath)]
  } finally {
    await server.close()
  }
}

function rowOf(name: string, times: readonly number[]): BenchRow {
  const value = median(times)
  return { name, value, unit: 'ms', peer: 'budget', peerValue: budgetMs, ratio: budgetMs / value }
}

async function timed(use: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await use()
  return performance.now() - start
}

/** Undefined where the system does not tell. */
async function measureMemory(programFolder: string, bytes: Uint8Array): Promise<number | undefined> {
  const server = await startTestServer(programFolder)
  const inspector = fork(join(programFolder, 'inspector.js'), { serialization: 'advanced' })
  try {
    const [small, large] = ['small.onnx', 'large.onnx'].map((name) => join(server.root, name)) as [string, string]
    await writeFile(small, smallClassifier())
    await writeFile(large, bytes)
    await callInspector(inspector, 'models.open', { path: small })
    const memory = watchMemory(inspector.pid ?? 0)
    const before = memory.peakBytes()
    await callInspector(inspector, 'models.open', { path: large })
    await callInspector(inspector, 'models.filters', { path: large, layer: 'conv1' })
    const after = memory.peakBytes()
    memory.stop()
    return before === undefined || after === undefined ? undefined : (after - before) / bytes.length
  } finally {
    inspector.kill()
    await server.close()
  }
}
