import { spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { copyFile, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelLayer, ModelSummary } from '../../engine/protocol/models.ts'
import { type LayerJudgement, filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'

const data = resolve(import.meta.dirname, '../../../shared/data')
const models = join(data, 'models')
const malformed = join(data, 'malformed')

let programs: BuiltPrograms
let folder: string

beforeAll(async () => {
  programs = await buildPrograms({
    filterscope: 'engine/cli/filterscope.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
  folder = await mkdtemp(join(tmpdir(), 'filterscope-inspect-'))
})
afterAll(async () => {
  programs.remove()
  await rm(folder, { recursive: true })
})

async function inspect(...parameters: readonly string[]) {
  const program = join(programs.folder, 'filterscope.js')
  const child = spawn(process.execPath, [program, 'inspect', ...parameters], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, XDG_CACHE_HOME: join(folder, 'cache') },
  })
  const said = { output: '', errors: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said.output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text))
  const code = await new Promise<number | null>((done) => child.on('close', done))
  return { code, ...said }
}

/** One line, one sentence, no stack and none of the runtime's own lines. */
function expectSentence({ code, output, errors }: Awaited<ReturnType<typeof inspect>>): void {
  expect({ code, output }).toEqual({ code: 2, output: '' })
  expect(errors).toMatch(/^\S.*[.!]\n$/)
  expect(errors.trimEnd()).not.toContain('\n')
}

type Report = { model: string; layers: (ModelLayer & VerdictOfLayer)[] } & Omit<
  ModelSummary,
  'nodes' | 'path' | 'layers'
>

type VerdictOfLayer = Pick<LayerJudgement, 'verdict' | 'p' | 'filters' | 'effectiveRank' | 'otherAxisOrder'> & {
  pi0: number | null
}

/** Every filter has one of the verdicts, and chances where and only where it was tested. */
function expectVerdict({ shape, verdict, p, pi0, effectiveRank, filters, otherAxisOrder }: Report['layers'][0]): void {
  expect(['random', 'emerging', 'structured', 'degenerate', 'undecidable']).toContain(verdict)
  expect(filters.map(({ index }) => index)).toEqual(Array.from({ length: shape[0] }, (_, index) => index))
  for (const filter of filters) {
    expect(filterVerdictNames).toContain(filter.verdict)
    if (filter.verdict === 'dead' || filter.verdict === 'degenerate') expect(filter).toMatchObject({ p: null, q: null })
    else if (filter.p !== null) expect(filter.q).toBeGreaterThanOrEqual(filter.p)
    const isTwin = filter.verdict === 'duplicate' || filter.verdict === 'mirror'
    expect(filter.duplicateOf === undefined).toBe(!isTwin)
  }
  for (const chance of [p, pi0]) if (chance !== null) expect(chance >= 0 && chance <= 1).toBe(true)
  if (effectiveRank !== null) expect(effectiveRank).toBeLessThan(shape[0] + 1e-3)
  expect(otherAxisOrder).toBeUndefined()
}

const filesIn = (path: string) => (existsSync(path) ? readdirSync(path).filter((name) => name.endsWith('.onnx')) : [])

describe.skipIf(!existsSync(models))('every model of the collection (needs ../shared/data/models)', () => {
  it.each(filesIn(models))('%s: its layers as JSON', { timeout: 4 * 60_000 }, async (file) => {
    const { code, output, errors } = await inspect(join(models, file), '--json')
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    const found = JSON.parse(output) as Report
    expect(found.model).toBe(join(models, file))
    expect(found.layers.length).toBeGreaterThan(0)
    for (const layer of found.layers) {
      expect(layer.shape).toHaveLength(4)
      expect(layer.parameters).toBeGreaterThan(0)
      expect(layer.multiplyAdds).toBeGreaterThan(0)
      expect(layer.trainable).toBe(layer.whyNot === undefined)
      expectVerdict(layer)
    }
  })

  it('prints a table with a line for each layer', async () => {
    const { code, output } = await inspect(join(models, 'squeezenet1.1-imagenet-fp32.onnx'))
    expect(code).toBe(0)
    expect(output.match(/^squeezenet0_conv\d+ +Conv +\[\d+, \d+, \d, \d\]/gm)).toHaveLength(26)
  })
})

describe.skipIf(!existsSync(malformed))('every damaged file of the collection (needs ../shared/data/malformed)', () => {
  /** Awkward, but whole. */
  const whole = ['conv_bn_relu_maxpool_unordered_test.onnx']

  it.each(filesIn(malformed).filter((file) => !whole.includes(file)))('%s is refused in one sentence', async (file) => {
    expectSentence(await inspect(join(malformed, file)))
  })

  it.each([...whole, 'external-ok/external_data.onnx'])('%s opens', async (file) => {
    expect(await inspect(join(malformed, file))).toMatchObject({ code: 0, errors: '' })
  })

  it('weights that a link takes from outside of the folder are refused', async () => {
    const file = join(folder, 'external_data.onnx')
    await copyFile(join(malformed, 'external-ok', 'external_data.onnx'), file)
    const missing = await inspect(file)
    expectSentence(missing)
    expect(missing.errors).toContain("'weight'")
    await symlink(join(malformed, 'external-ok', 'external_data.bin'), join(folder, 'external_data.bin'))
    const linked = await inspect(file)
    expectSentence(linked)
    expect(linked.errors).toMatch(/'weight'.*link that leads out of the model's folder/)
  })
})

it('a path that is no file, or a file of another kind, is refused in one sentence', async () => {
  const text = join(folder, 'notes.txt')
  await writeFile(text, 'Buy milk.')
  for (const path of [join(folder, 'none.onnx'), folder, text]) {
    const refused = await inspect(path)
    expectSentence(refused)
  }
})
