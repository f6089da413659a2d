import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { DataSummary, Thumbnails } from '../../engine/protocol/data.ts'
import type { InspectorCommand, InspectorEvent } from '../../engine/protocol/inspector.ts'
import { dataSettingsSchema } from '../../engine/protocol/settings.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'

let programs: BuiltPrograms
let inspector: ChildProcess
const events: InspectorEvent[] = []

beforeAll(async () => {
  programs = await buildPrograms({ inspector: 'engine/inspector/inspector-process.ts' })
  inspector = fork(join(programs.folder, 'inspector.js'), { serialization: 'advanced' })
  inspector.on('message', (event) => events.push(event as InspectorEvent))
})

afterAll(() => {
  inspector.kill()
  programs.remove()
})

let calls = 0

/** What the process answers to one call: its result, or its failure. */
async function call(method: string, parameters: unknown): Promise<unknown> {
  const id = ++calls
  const answer = new Promise<unknown>((resolve, reject) => {
    const listen = (message: unknown) => {
      const event = message as InspectorEvent
      if (event.kind === 'progress' || event.id !== id) return
      inspector.off('message', listen)
      resolve(event.kind === 'result' ? event.value : { code: event.code, message: event.message })
    }
    inspector.on('message', listen)
    inspector.once('exit', (code) => reject(new Error(`The inspector ended with ${code}.`)))
  })
  inspector.send({ kind: 'call', id, method, parameters } as InspectorCommand)
  return answer
}

const xo = (count: number) => dataSettingsSchema.parse({ source: { kind: 'xo', options: { count } } })

it('opens data with progress and sends pictures as bytes', async () => {
  const { dataId, summary } = (await call('data.open', { settings: xo(400) })) as {
    dataId: string
    summary: DataSummary
  }
  expect(summary.counts.train + summary.counts.validation + summary.counts.test).toBe(400)
  expect(events.some((event) => event.kind === 'progress' && event.progress.total === 400)).toBe(true)
  const wall = (await call('data.thumbnails', { dataId, split: 'train', offset: 0, count: 5 })) as Thumbnails
  expect(wall.pixels).toBeInstanceOf(Uint8Array)
  expect(wall.pixels).toHaveLength(5 * 28 * 28)
})

it('answers other calls and a wish to cancel while data is being opened', async () => {
  const opening = call('data.open', { settings: xo(200_000) })
  expect(await call('data.thumbnails', { dataId: 'none', split: 'train', offset: 0, count: 1 })).toMatchObject({
    code: 'notFound',
  })
  inspector.send({ kind: 'cancelOpening' } satisfies InspectorCommand)
  expect(await opening).toEqual({ code: 'cancelled', message: 'Opening the data was cancelled.' })
})

it('says whose fault a failure is and goes on', async () => {
  const settings = dataSettingsSchema.parse({ source: { kind: 'path', path: join(programs.folder, 'nothing') } })
  expect(await call('data.open', { settings })).toMatchObject({
    code: 'badInput',
    message: expect.stringContaining('nothing does not exist; check the path.') as string,
  })
  const picture = { kind: 'sample', split: 'test', index: 0 }
  expect(await call('runs.classify', { runFolder: programs.folder, picture })).toMatchObject({ code: 'notFound' })
  expect(inspector.exitCode).toBeNull()
})
