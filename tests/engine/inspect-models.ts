import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { ModelLayer, ModelSummary } from '../../engine/protocol/models.ts'
import { type LayerJudgement, filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import { buildPrograms } from '../server/fixtures/built-programs.ts'

export interface Inspected {
  readonly code: number | null
  readonly output: string
  readonly errors: string
}

export interface InspectCommand {
  /** For files of the test. */
  readonly folder: string
  inspect(...parameters: readonly string[]): Promise<Inspected>
  remove(): Promise<void>
}

/** `filterscope inspect`, built, with a cache of its own. */
export async function buildInspectCommand(): Promise<InspectCommand> {
  const programs = await buildPrograms({
    filterscope: 'engine/cli/filterscope.ts',
    inspector: 'engine/inspector/inspector-process.ts',
  })
  const folder = await mkdtemp(join(tmpdir(), 'filterscope-inspect-'))
  return {
    folder,
    async inspect(...parameters) {
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
    },
    async remove() {
      programs.remove()
      await rm(folder, { recursive: true })
    },
  }
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

/** What `--json` prints of a model file: its layers, each with its sizes and a verdict. */
export function expectLayers(file: string, { code, output, errors }: Inspected): void {
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  const found = JSON.parse(output) as Report
  expect(found.model).toBe(file)
  expect(found.layers.length).toBeGreaterThan(0)
  for (const layer of found.layers) {
    expect(layer.shape).toHaveLength(4)
    expect(layer.parameters).toBeGreaterThan(0)
    expect(layer.multiplyAdds).toBeGreaterThan(0)
    expect(layer.trainable).toBe(layer.whyNot === undefined)
    expectVerdict(layer)
  }
}
