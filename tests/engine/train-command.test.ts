import { spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { openRunFolder } from '../../engine/runs/run-folder.ts'
import { readRunLog } from '../../engine/runs/run-log.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const data = resolve('../shared/data')

let programs: BuiltPrograms
let folder: string
beforeAll(async () => {
  programs = await buildPrograms({
    filterscope: 'engine/cli/filterscope.ts',
    trainer: 'engine/trainer/trainer-process.ts',
  })
  folder = await mkdtemp(join(tmpdir(), 'train-command-'))
})
afterAll(async () => {
  programs.remove()
  await rm(folder, { recursive: true })
})

/** The user's own home must stay as it is. */
function homeIs(home: string): NodeJS.ProcessEnv {
  return { ...process.env, HOME: home, USERPROFILE: home, APPDATA: home, XDG_CONFIG_HOME: join(home, '.config') }
}

function filterscope(...options: string[]) {
  const command = [join(programs.folder, 'filterscope.js'), ...options]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', env: homeIs(folder) })
  return { status, stdout, stderr, lines: stdout.trim().split('\n') }
}

/** Starts a training that nobody waits the end of; `seen` resolves at the first line of standard output that has `text`. */
function start(...options: string[]) {
  const command = [join(programs.folder, 'filterscope.js'), 'train', '--device', 'cpu', '--json', ...options]
  const child = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'pipe'], env: homeIs(folder) })
  let [stdout, stderr] = ['', '']
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const seen = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => stdout.includes(text) && resolve()
      child.stdout.on('data', look)
      look()
    })
  const ended = new Promise<{ status: number | null; lines: string[]; stderr: string }>((resolve) =>
    child.on('close', (status) => resolve({ status, lines: stdout.trim().split('\n'), stderr })),
  )
  return { child, seen, ended }
}

/** Exit code 2 and exactly one sentence on standard error. */
function expectRefusal(result: ReturnType<typeof filterscope>, sentence: RegExp) {
  expect(result.stderr.trim()).toMatch(sentence)
  expect(result.stderr.trim().split('\n')).toHaveLength(1)
  expect(result.status).toBe(2)
}

describe('filterscope train', () => {
  it('learns X or O to 99 %, printing JSON lines only, the summary last', () => {
    const out = join(folder, 'xo')
    const result = filterscope('train', '--data', 'xo', '--arch', 'small', '--epochs', '3', '--json', '--out', out)
    expect(result.status).toBe(0)
    const entries = result.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    const last = entries.at(-1) as { testAccuracy: number; trainImagesPerSecond: number }
    expect(last).toMatchObject({ kind: 'finished', steps: 141, runFolder: out })
    expect(last.testAccuracy).toBeGreaterThanOrEqual(0.99)
    expect(last.trainImagesPerSecond).toBeGreaterThan(0)
    expect(existsSync(join(out, 'model.onnx'))).toBe(true)
  })

  it('gives the same losses for the same seed', () => {
    const losses = (name: string) =>
      filterscope('train', '--data', 'xo', '--epochs', '1', '--seed', '5', '--json', '--out', join(folder, name))
        .lines.map((line) => JSON.parse(line) as { kind: string; losses?: number[] })
        .flatMap((entry) => entry.losses ?? [])
    const first = losses('seed-1')
    expect(first).toHaveLength(47)
    expect(losses('seed-2')).toEqual(first)
  })

  it('keeps how training saw its pictures with the run', async () => {
    const out = join(folder, 'changed')
    const how = ['--augment', 'flip,rotate=10,noise=0.1', '--balance', 'weights', '--control', 'pixel-noise']
    const result = filterscope('train', '--data', 'xo', '--epochs', '1', '--json', '--out', out, ...how)
    expect(result.status).toBe(0)
    const { settings } = await openRunFolder(out)
    expect(settings.data.control).toBe('pixelNoise')
    expect(settings.training).toMatchObject({
      classBalance: 'weights',
      augmentation: { flipHorizontal: true, flipVertical: false, rotation: 10, noise: 0.1, shift: 0 },
    })
    // There is nothing to learn: 300 test pictures are right by chance as often as not, within five deviations.
    const { testAccuracy } = JSON.parse(result.lines.at(-1) as string) as { testAccuracy: number }
    expect(Math.abs(testAccuracy - 0.5)).toBeLessThan(2.5 / Math.sqrt(300))
  })

  it.skipIf(!existsSync(join(data, 'fashion-mnist')))('trains on an IDX folder (needs ../shared/data)', () => {
    const out = join(folder, 'fashion')
    const path = join(data, 'fashion-mnist')
    const options = ['--arch', 'lenet5', '--batch', '256', '--epochs', '1', '--json', '--out', out]
    const result = filterscope('train', '--data', path, ...options)
    expect(result.status).toBe(0)
    expect((JSON.parse(result.lines.at(-1) ?? '') as { testAccuracy: number }).testAccuracy).toBeGreaterThan(0.75)
  })

  it('joins several sources, and keeps them with the run', async () => {
    const out = join(folder, 'joined')
    const sources = ['train', 'test'].map((name) => join(folder, 'sources', name))
    const record = (label: number) => Buffer.concat([Buffer.of(label), Buffer.alloc(3072, 200 * label)])
    for (const [index, source] of sources.entries()) {
      await mkdir(source, { recursive: true })
      const records = Array.from({ length: index === 0 ? 40 : 10 }, (_, at) => record(at % 2))
      await writeFile(join(source, 'data_batch_1.bin'), Buffer.concat(records))
    }
    const options = ['--arch', 'small', '--epochs', '3', '--json', '--out', out]
    const result = filterscope('train', ...sources.flatMap((path) => ['--data', path]), ...options)
    expect([result.status, result.stderr]).toEqual([0, ''])
    const { settings, description } = await openRunFolder(out).then(async (run) => ({
      settings: run.settings,
      description: await run.description(),
    }))
    expect(settings.data.source).toEqual({ kind: 'paths', paths: sources })
    expect(description?.data.counts.test).toBe(10)
    expect(description?.dataTitle).toBe(sources.join(' + '))
    expect((JSON.parse(result.lines.at(-1) ?? '') as { testAccuracy: number }).testAccuracy).toBeGreaterThan(0.4)
    expectRefusal(filterscope('train', '--data', 'xo', '--data', sources[0] as string), /xo is generated/)
    const nowhere = join(folder, 'nowhere')
    expectRefusal(
      filterscope('train', '--data', sources[0] as string, '--data', nowhere),
      /no file or folder at .*nowhere/,
    )
  })

  it('refuses bad input with one sentence and exit code 2', async () => {
    const oneClass = join(folder, 'one-class', 'cats')
    const empty = join(folder, 'empty')
    const used = join(folder, 'used')
    for (const path of [oneClass, empty, used]) await mkdir(path, { recursive: true })
    await writeFile(join(used, 'notes.txt'), 'mine')
    expectRefusal(filterscope('train', '--data', join(folder, 'nowhere')), /There is no file or folder at .*nowhere/)
    expectRefusal(filterscope('train', '--data', empty, '--out', join(folder, 'run-a')), /empty/)
    expectRefusal(filterscope('train', '--data', 'xo', '--out', used), /is not empty \(it holds notes.txt\)/)
    expectRefusal(filterscope('train', '--data', ''), /--data is empty/)
    expectRefusal(
      filterscope('train', '--data', 'xo', '--out', join(used, 'notes.txt')),
      /there is a file of that name/,
    )
    if (process.platform === 'linux') {
      const where = '/proc/filterscope/run'
      expectRefusal(filterscope('train', '--data', 'xo', '--out', where), /the folder around it cannot be written to/)
    }
    expectRefusal(filterscope('train', '--data', 'xo', '--epochs', 'many'), /--epochs/)
    expectRefusal(filterscope('train', '--data', 'xo', '--batch', '4097'), /--batch.*from 1 to 4096/)
    expectRefusal(filterscope('train', '--data', 'xo', '--lr', '101'), /--lr.*at most 100/)
    expectRefusal(filterscope('train', '--data', 'xo', '--augment', 'flip,blur=2'), /--augment.*“blur” is none of/)
    const shifted = ['--augment', 'shift=20', '--out', join(folder, 'run-a')]
    expectRefusal(filterscope('train', '--data', 'xo', ...shifted), /28×28 pixels allow at most 14/)
    expectRefusal(filterscope('train', '--data', 'xo', '--balance', 'all'), /--balance.*weights, sampling/)
    expectRefusal(filterscope('train', '--data', 'xo', '--control', 'noise'), /--control.*white-noise, pixel-noise/)
    expectRefusal(
      filterscope('train', '--data', 'xo', '--arch', 'resnet'),
      /no network called "resnet"; choose one of small,/,
    )
    expectRefusal(filterscope('train'), /--data/)
    expect(await readdir(used)).toEqual(['notes.txt'])
    // A run that could not begin leaves no folder behind.
    expect(existsSync(join(folder, 'run-a'))).toBe(false)
  })

  it('keeps runs where the workbench was told to keep them', async () => {
    const chosen = join(folder, 'chosen')
    await mkdir(join(folder, '.config', 'filterscope'), { recursive: true })
    const settings = join(folder, ...(process.platform === 'linux' ? ['.config'] : []), 'filterscope', 'engine.json')
    await writeFile(settings, JSON.stringify({ runsFolder: chosen }))
    const { status, stdout } = filterscope('train', '--data', 'xo', '--epochs', '1', '--device', 'cpu')
    await rm(settings)
    expect(status).toBe(0)
    const [run = ''] = await readdir(chosen)
    expect(run).toMatch(/-small-[0-9a-f]{4}$/)
    expect(stdout).toContain(join(chosen, run, 'model.onnx'))
  })
})

const endless = ['--data', 'xo', '--epochs', '10000']

describe.skipIf(process.platform === 'win32')('a training that is interrupted', () => {
  it('is tested and written after Ctrl+C', async () => {
    const out = join(folder, 'interrupted')
    const run = start(...endless, '--out', out)
    await run.seen('"step":8')
    run.child.kill('SIGINT')
    const { status, lines, stderr } = await run.ended
    expect(status).toBe(0)
    const last = JSON.parse(lines.at(-1) ?? '') as { kind: string; steps: number; testAccuracy: number }
    expect(last).toMatchObject({ kind: 'finished', runFolder: out })
    expect(last.steps).toBeLessThan(230_000)
    expect(last.testAccuracy).toBeGreaterThan(0)
    expect(stderr).toMatch(/^Stopping: .*\n$/)
    expect(existsSync(join(out, 'model.onnx'))).toBe(true)
    expect((await openRunFolder(out).then((folder) => folder.newestCheckpoint()))?.step).toBe(last.steps)
  })

  it('is over at once after a second Ctrl+C, and keeps its checkpoint', async () => {
    const out = join(folder, 'killed')
    const run = start(...endless, '--out', out)
    await run.seen('"kind":"checkpoint"')
    run.child.kill('SIGINT')
    run.child.kill('SIGTERM')
    const { status, stderr } = await run.ended
    expect(status).toBe(1)
    expect(stderr).toMatch(/ended before the run did \(Ctrl\+C\); the run folder keeps its last checkpoint\.\n$/)
    expect(existsSync(join(out, 'model.onnx'))).toBe(false)
    expect(await openRunFolder(out).then((folder) => folder.newestCheckpoint())).toBeDefined()
  })

  it('stops without a word where nobody reads what it says any more', async () => {
    const out = join(folder, 'unread')
    const run = start(...endless, '--out', out)
    await run.seen('"kind":"steps"')
    run.child.stdout.destroy()
    const { status, stderr } = await run.ended
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    expect((await openRunFolder(out).then((folder) => folder.description()))?.phase).toBe('stopped')
    expect(existsSync(join(out, 'model.onnx'))).toBe(true)
  })

  it('ends with code 1 and the sentence of a blow-up, its last good weights kept', async () => {
    const out = join(folder, 'blown-up')
    const options = ['--data', 'xo', '--arch', 'lenet5', '--optimizer', 'sgd', '--lr', '100', '--out', out]
    const { status, stderr } = await start(...options).ended
    expect(status).toBe(1)
    expect(stderr).toMatch(
      /^The loss of step \d+ is NaN, and "\w+" was the first to leave .* lower the learning rate .*\n$/,
    )
    const opened = await openRunFolder(out)
    const checkpoint = await opened.newestCheckpoint()
    const paused = (await readRunLog(opened.logPath)).find(
      (entry) => entry.kind === 'phase' && entry.phase === 'paused',
    )
    expect(checkpoint?.step).toBe((paused as { step: number }).step)
    const weights = checkpoint?.tensors.get('conv1.weight')?.data as Float32Array
    expect(weights.every(Number.isFinite)).toBe(true)
  })
})
