import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Client } from '../../engine/protocol/client.ts'
import { type UploadReply, uploadAddress } from '../../engine/protocol/upload.ts'
import { withExternalWeights } from '../engine/external-weights.ts'
import { smallClassifier } from '../engine/small-classifier.ts'
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { type TestServer, startTestServer } from './fixtures/test-server.ts'

const malformed = resolve(import.meta.dirname, '../../../shared/data/malformed')

let programs: BuiltPrograms
let server: TestServer
let window: Client
/** A model in the root, and one beside the root that no window may name. */
let inside: string
let outside: string

beforeAll(async () => {
  programs = await buildPrograms({
    inspector: fileURLToPath(new URL('./fixtures/crashing-inspector.ts', import.meta.url)),
  })
  server = await startTestServer(programs.folder)
  window = server.connect()
  inside = join(server.root, 'small.onnx')
  outside = join(dirname(server.root), 'outside.onnx')
  for (const path of [inside, outside]) await writeFile(path, smallClassifier())
})
afterAll(async () => {
  await server.close()
  programs.remove()
})

const open = (path: string) => window.request('models.open', { path })
const filters = (path: string, layer: string) => window.request('models.filters', { path, layer })

async function upload(drop: string, name: string, body: Uint8Array<ArrayBuffer>): Promise<UploadReply> {
  const { port, token } = server.server
  const address = `http://127.0.0.1:${port}${uploadAddress(drop, name)}&token=${token}`
  return (await (await fetch(address, { method: 'POST', body })).json()) as UploadReply
}

/** One line, one sentence. */
const sentence = /^\S[^\n]*[.!]$/

test('a model is opened and its filters are read', async () => {
  const summary = await open(inside)
  expect(summary).toMatchObject({ path: inside, title: 'small', output: { classes: 4 } })
  expect(summary.layers.map(({ name }) => name)).toEqual(['conv1', 'conv2', 'fc'])
  const frame = await filters(inside, 'conv2')
  expect(frame.weights.dims).toEqual([8, 6, 3, 3])
  expect(frame.weights.data).toBeInstanceOf(Float32Array)
  await expect(filters(inside, 'conv9')).rejects.toMatchObject({
    code: 'notFound',
    message: 'small has no layer “conv9” with filters.',
  })
})

test('a model outside the root is not opened, by its path or by a link to it', async () => {
  const link = join(server.root, 'link.onnx')
  await symlink(outside, link)
  for (const path of [outside, `${server.root}/../outside.onnx`, link]) {
    for (const ask of [() => open(path), () => filters(path, 'conv1')]) {
      await expect(ask()).rejects.toMatchObject({
        code: 'badInput',
        message: expect.stringMatching(/is outside .*--root\.$/) as string,
      })
    }
  }
  await expect(open(join(server.root, 'none.onnx'))).rejects.toMatchObject({ code: 'notFound' })
})

test('weights that a model in the root takes from outside its folder are not read', async () => {
  const folder = join(server.root, 'linked')
  await mkdir(folder)
  const secret = join(dirname(server.root), 'secret.bin')
  const { model, weights } = withExternalWeights(smallClassifier(), 'weights.bin')
  await writeFile(secret, weights)
  await writeFile(join(folder, 'linked.onnx'), model)
  await symlink(secret, join(folder, 'weights.bin'))
  await expect(open(join(folder, 'linked.onnx'))).rejects.toMatchObject({
    code: 'badInput',
    message: expect.stringMatching(/'weights\.bin' .*a link that leads out of the model's folder\)\.$/) as string,
  })
  const { model: climbing } = withExternalWeights(smallClassifier(), '../../secret.bin')
  await writeFile(join(folder, 'climbing.onnx'), climbing)
  await expect(open(join(folder, 'climbing.onnx'))).rejects.toMatchObject({
    code: 'badInput',
    message: expect.stringMatching(/'\.\.\/\.\.\/secret\.bin', which does not lie in the model's folder\.$/) as string,
  })
})

test('a model that is dropped with the file of its weights has those weights', async () => {
  const { model, weights } = withExternalWeights(smallClassifier(), 'split.onnx.data')
  const { path } = await upload('drop-1', 'split.onnx', model)
  await expect(open(path)).rejects.toMatchObject({
    code: 'badInput',
    message: expect.stringMatching(
      /^The initializer 'conv1\.weight' keeps its values in the file 'split\.onnx\.data' beside the model, which cannot be read/,
    ) as string,
  })
  await upload('drop-1', 'split.onnx.data', weights)
  expect((await open(path)).byteLength).toBe(model.length + weights.length)
  expect((await filters(path, 'conv1')).weights).toEqual((await filters(inside, 'conv1')).weights)
  const { path: cut } = await upload('drop-2', 'split.onnx', model)
  await upload('drop-2', 'split.onnx.data', weights.slice(0, 1000))
  await expect(open(cut)).rejects.toThrow(/at bytes \d+ to \d+, but that file has 1,000 bytes\.$/)
})

test('an inspector that crashes while it reads a model fails that one with a sentence, and the next opens', async () => {
  const crash = join(server.root, 'crash.onnx')
  await writeFile(crash, smallClassifier())
  await open(inside)
  const started = () => server.processes.filter(({ kind }) => kind === 'inspector')
  const before = started().length
  const [crashed, waiting] = await Promise.allSettled([open(crash), filters(inside, 'conv1')])
  const refused = {
    status: 'rejected',
    reason: {
      code: 'internal',
      message:
        'The process that looks at data and networks ended (signal SIGABRT); it starts again with the next request, so try once more.',
    },
  }
  expect(crashed).toMatchObject(refused)
  // What was asked for beside it is refused as well, unless it was answered before the crash.
  if (waiting.status === 'rejected') expect(waiting).toMatchObject(refused)
  else expect(waiting.value.weights.dims).toEqual([6, 1, 3, 3])
  expect(window.state.kind).toBe('open')
  expect((await open(inside)).title).toBe('small')
  expect((await filters(inside, 'conv1')).weights.dims).toEqual([6, 1, 3, 3])
  expect(started()).toHaveLength(before + 1)
})

test('a model that has changed on the disk is read again', async () => {
  const path = join(server.root, 'changing.onnx')
  await writeFile(path, smallClassifier({ classes: 4 }))
  expect((await open(path)).output.classes).toBe(4)
  const next = join(server.root, 'next.onnx')
  await writeFile(next, smallClassifier({ classes: 5 }))
  await rename(next, path)
  expect((await open(path)).output.classes).toBe(5)
})

describe.skipIf(!existsSync(malformed))('damaged files (needs ../shared/data/malformed)', () => {
  const files = existsSync(malformed) ? readdirSync(malformed).filter((name) => name.endsWith('.onnx')) : []
  const whole = ['conv_bn_relu_maxpool_unordered_test.onnx']

  test.each(files.filter((file) => !whole.includes(file)))('%s is refused in one sentence', async (file) => {
    const { path } = await upload('damaged', file, new Uint8Array(readFileSync(join(malformed, file))))
    await expect(open(path)).rejects.toMatchObject({
      code: 'badInput',
      message: expect.stringMatching(sentence) as string,
    })
  })

  test('none of them ended the inspector', async () => {
    const count = server.processes.length
    expect(await readFile(inside)).toHaveLength((await open(inside)).byteLength)
    expect(server.processes).toHaveLength(count)
  })
})
