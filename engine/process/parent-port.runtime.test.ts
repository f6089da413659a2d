import { fork } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { build } from 'vite'

/** Answers what it is sent, or much and then ends. */
const echoProgram = `
import { connectToParent } from ${JSON.stringify(join(import.meta.dirname, 'parent-port.ts'))}
const port = connectToParent()
port.onMessage(({ kind, values, count, length }) => {
  if (kind === 'echo') return port.post({ values })
  for (let index = 0; index < count; index++) port.post({ values: new Float32Array(length).fill(index) })
  void port.flushed().then(() => process.exit(0))
})
`

let folder: string
let program: string

/** An engine process as it is shipped: bundled, so that plain Node can start it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-port-'))
  const source = join(folder, 'echo-process.ts')
  await writeFile(source, echoProgram)
  await build({
    configFile: false,
    logLevel: 'error',
    root: folder,
    build: {
      ssr: source,
      outDir: join(folder, 'out'),
      rolldownOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  program = join(folder, 'out', 'echo-process.mjs')
})

afterAll(() => rm(folder, { recursive: true }))

function start() {
  const child = fork(program, { serialization: 'advanced' })
  const ended = new Promise<number | null>((resolve) => child.on('exit', resolve))
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      child.once('message', resolve)
      void ended.then((code) => reject(new Error(`The process ended with ${code} without an answer.`)))
    })
  return { child, ended, next }
}

it('carries typed arrays both ways and hands everything over before the process ends', async () => {
  const { child, ended, next } = start()
  const values = Float32Array.of(1.5, -2, NaN)
  child.send({ kind: 'echo', values })
  const echoed = (await next()) as { values: Float32Array }
  expect(echoed.values).toBeInstanceOf(Float32Array)
  expect(echoed.values).toEqual(values)

  const received: number[] = []
  child.on('message', ({ values: block }: { values: Float32Array }) => received.push(block[0] as number))
  child.send({ kind: 'floodAndEnd', count: 200, length: 50_000 })
  expect(await ended).toBe(0)
  expect(received).toEqual(Array.from({ length: 200 }, (_, index) => index))
})

it('ends when its parent is gone', async () => {
  const { child, ended, next } = start()
  child.send({ kind: 'echo', values: Float32Array.of(1) })
  await next()
  child.disconnect()
  expect(await ended).toBe(0)
})

it('refuses to be started by hand, in a sentence', async () => {
  const child = fork(program, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_CHANNEL_FD: '' },
  })
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect(code).not.toBe(0)
  expect(said).toMatch(/start Filterscope itself with `npm start`/)
})
