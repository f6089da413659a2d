import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageDescription from '../../package.json' with { type: 'json' }
import { type BuiltPrograms, buildPrograms } from './fixtures/built-programs.ts'
import { scriptedTrainer } from './fixtures/scripted-programs.ts'
import { until } from './fixtures/test-server.ts'

let programs: BuiltPrograms
let home: string

beforeAll(async () => {
  programs = await buildPrograms({
    'main/filterscope': 'engine/cli/filterscope.ts',
    'main/trainer': scriptedTrainer,
    'main/inspector': 'engine/inspector/inspector-process.ts',
  })
  await mkdir(join(programs.folder, 'renderer'))
  await writeFile(join(programs.folder, 'renderer', 'index.html'), '<!doctype html><title>window</title>')
  home = await realpath(await mkdtemp(join(tmpdir(), 'filterscope-home-')))
})
afterAll(async () => {
  programs.remove()
  await rm(home, { recursive: true, force: true })
})

function start(...parameters: readonly string[]) {
  const program = join(programs.folder, 'main', 'filterscope.js')
  // The user's own home must stay as it is.
  const env = { ...process.env, HOME: home, USERPROFILE: home, APPDATA: home, XDG_CONFIG_HOME: join(home, '.config') }
  const child = spawn(process.execPath, [program, ...parameters], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { output: '', errors: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text))
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  return { child, said, ended }
}

async function run(...parameters: readonly string[]) {
  const { said, ended } = start(...parameters)
  return { code: await ended, ...said }
}

test('--version and --help end well', async () => {
  expect(await run('--version')).toEqual({ code: 0, output: `${packageDescription.version}\n`, errors: '' })
  expect(await run('--help')).toMatchObject({ code: 0, errors: '', output: expect.stringContaining('serve') })
})

test('wrong usage ends with code 2 and one sentence on stderr', async () => {
  const wrong = [
    ['conjure'],
    ['serve', '--port', 'http'],
    ['serve', '--port', '70000'],
    ['serve', '--token', 'short'],
    ['serve', '--root', join(home, 'none')],
    ['serve', '--moon'],
    ['serve', '--host', '203.0.113.7'],
  ]
  for (const parameters of wrong) {
    const { code, output, errors } = await run(...parameters)
    expect([parameters, code, output]).toEqual([parameters, 2, ''])
    expect(errors.trimEnd()).toMatch(/^[^\n]+$/)
  }
})

test('a port in use is told in one sentence, with code 2', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const address = other.address()
  const port = String(typeof address === 'object' && address ? address.port : 0)
  expect(await run('serve', '--port', port)).toEqual({
    code: 2,
    output: '',
    errors: `Port ${port} is in use by another program; choose another one with --port.\n`,
  })
  other.close()
})

test('serve prints an address that works, and Ctrl+C ends it and removes what was uploaded', async () => {
  const { child, said, ended } = start('serve', '--port', '0', '--root', home)
  await until(() => said.output.includes('Ctrl+C'))
  const url = /http:\S+/.exec(said.output)?.[0] ?? ''
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]{32}$/)
  expect(said.output).toContain(join(home, 'Filterscope', 'runs'))
  expect((await fetch(url)).status).toBe(200)
  const address = new URL(url)
  const upload = new URL(`/upload?name=a.txt&token=${address.searchParams.get('token')}`, url)
  const { path } = (await (await fetch(upload, { method: 'POST', body: 'x' })).json()) as { path: string }
  expect(existsSync(path)).toBe(true)
  child.kill('SIGINT')
  expect(await ended).toBe(0)
  expect(existsSync(path)).toBe(false)
  expect(said.errors).toBe('')
})

test('devices names every provider with a reason, as JSON lines where asked', async () => {
  const { code, output } = await run('devices', '--json')
  expect(code).toBe(0)
  const devices = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { provider: string; usable: boolean; reason: string })
  expect(devices.map(({ provider }) => provider)).toEqual(['cpu', 'webgpu', 'cuda', 'dml', 'coreml'])
  expect(devices[0]).toMatchObject({ usable: true })
  for (const { reason } of devices) expect(reason).toMatch(/\.$/)
  expect((await run('devices')).output).toContain('cpu')
})

test('data tells what a data set holds, as a table or as JSON', async () => {
  const folder = join(home, 'cifar')
  await mkdir(folder)
  const records = Buffer.alloc(40 * 3073)
  for (let record = 0; record < 40; record++) records[record * 3073] = record % 4
  await writeFile(join(folder, 'data_batch_1.bin'), records)
  await writeFile(join(folder, 'test_batch.bin'), records.subarray(0, 4 * 3073))
  const { code, output, errors } = await run('data', folder, '--json')
  expect([code, errors]).toEqual([0, ''])
  const told = JSON.parse(output) as { classes: unknown[] }
  expect(told).toMatchObject({
    format: 'cifar10',
    path: folder,
    images: { total: 44, train: 36, validation: 4, test: 4 },
    sizes: [{ width: 32, height: 32, count: 44 }],
    problems: [],
  })
  expect(told.classes[1]).toEqual({ name: 'automobile', count: 11, train: 9, validation: 1, test: 1 })
  const table = (await run('data', folder)).output
  expect(table).toContain('CIFAR-10 binary · 44 images · 10 classes · trained at 32×32 RGB')
  expect(table).toMatch(/^automobile +11 +9 +1 +1$/m)
  expect(table).toMatch(/^all +44 +36 +4 +4$/m)
})

test('data looks at several sources as one data set', async () => {
  const folders = ['train', 'test'].map((name) => join(home, 'joined', name))
  const record = (label: number) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, label)])
  for (const [index, folder] of folders.entries()) {
    await mkdir(folder, { recursive: true })
    const labels = index === 0 ? [0, 0, 0, 1, 1, 1] : [1, 0]
    await writeFile(join(folder, 'data_batch_1.bin'), Buffer.concat(labels.map(record)))
  }
  const { code, output, errors } = await run('data', ...folders, '--json')
  expect([code, errors]).toEqual([0, ''])
  expect(JSON.parse(output)).toMatchObject({
    format: 'cifar10',
    path: folders.join(' + '),
    images: { total: 8, test: 2 },
    classes: [
      { name: 'airplane', count: 4, test: 1 },
      { name: 'automobile', count: 4, test: 1 },
    ],
  })
  const refused = await run('data', ...folders, join(home, 'none'))
  expect([refused.code, refused.errors]).toEqual([2, expect.stringContaining(join(home, 'none'))])
})

test('data refuses what it cannot open in one sentence, with code 2', async () => {
  const broken = join(home, 'broken.npz')
  await writeFile(broken, 'PK\u0003\u0004 and nothing more')
  for (const path of [broken, join(home, 'none'), '']) {
    const { code, output, errors } = await run('data', path, '--json')
    expect([path, code, output]).toEqual([path, 2, ''])
    expect(errors).toMatch(/^[^\n]+\n$/)
  }
})
