import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const program = resolve('out/main/filterscope.js')
const data = resolve('../shared/data')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'train-command-'))
})
afterAll(() => rm(folder, { recursive: true }))

function filterscope(...options: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...options], { encoding: 'utf8' })
  return { status, stdout, stderr, lines: stdout.trim().split('\n') }
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
    expect(last).toMatchObject({ kind: 'finished', steps: 69, runFolder: out })
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
    expect(first).toHaveLength(23)
    expect(losses('seed-2')).toEqual(first)
  })

  it.skipIf(!existsSync(join(data, 'fashion-mnist')))('trains on an IDX folder (needs ../shared/data)', () => {
    const out = join(folder, 'fashion')
    const path = join(data, 'fashion-mnist')
    const options = ['--arch', 'lenet5', '--batch', '256', '--epochs', '1', '--json', '--out', out]
    const result = filterscope('train', '--data', path, ...options)
    expect(result.status).toBe(0)
    expect((JSON.parse(result.lines.at(-1) ?? '') as { testAccuracy: number }).testAccuracy).toBeGreaterThan(0.75)
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
    expectRefusal(filterscope('train', '--data', 'xo', '--epochs', 'many'), /--epochs/)
    expectRefusal(filterscope('train', '--data', 'xo', '--arch', 'resnet'), /--arch/)
    expectRefusal(filterscope('train'), /--data/)
    expect(await readdir(used)).toEqual(['notes.txt'])
    // A run that could not begin leaves no folder behind.
    expect(existsSync(join(folder, 'run-a'))).toBe(false)
  })
})
