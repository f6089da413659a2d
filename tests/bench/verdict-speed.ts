import { execFile, fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { buildPrograms } from '../server/fixtures/built-programs.ts'
import { callInspector } from '../server/fixtures/call-inspector.ts'
import type { BenchRow } from './bench-row.ts'
import { type VerdictNetwork, verdictNetworks } from './verdict-networks.ts'

const models = resolve(import.meta.dirname, '../../../shared/data/models')
const budgetSeconds = 30

/** Milliseconds for the verdict of whole networks with known null distributions, each in a process of its own. */
export async function measureVerdictSpeed(say: (line: string) => void): Promise<BenchRow[]> {
  const programs = await buildPrograms({ judge: 'tests/bench/judge-networks-process.ts' })
  try {
    const rows: BenchRow[] = []
    for (const name of Object.keys(verdictNetworks) as VerdictNetwork[]) {
      const { stdout } = await promisify(execFile)(process.execPath, [join(programs.folder, 'judge.js'), name])
      const { firstMs, usualMs: value } = JSON.parse(stdout) as { firstMs: number; usualMs: number }
      say(`  ${name}: ${Math.round(firstMs)} ms with nothing known of chance, then ${value.toPrecision(3)} ms`)
      const { budgetMs } = verdictNetworks[name]
      rows.push({
        ...{ name: `verdict-${name}`, value, unit: 'ms' },
        ...{ peer: 'budget', peerValue: budgetMs, ratio: budgetMs / value },
      })
    }
    return rows
  } finally {
    programs.remove()
  }
}

/** Seconds to open a model and judge all of its layers with nothing drawn before: the slowest of the collection. */
export async function measureColdInspection(
  programFolder: string,
  say: (line: string) => void,
): Promise<readonly BenchRow[]> {
  if (!existsSync(models)) {
    say(`  ${models} is missing, so cold inspection is not measured.`)
    return []
  }
  let slowest = { file: '', seconds: 0 }
  for (const file of readdirSync(models).filter((name) => name.endsWith('.onnx'))) {
    const { seconds, layers } = await inspectCold(programFolder, join(models, file))
    say(`  ${file}: ${layers} layers in ${seconds.toFixed(1)} s`)
    if (seconds > slowest.seconds) slowest = { file, seconds }
  }
  const { file, seconds: value } = slowest
  const budget = { peer: `budget (slowest: ${file})`, peerValue: budgetSeconds, ratio: budgetSeconds / value }
  return [{ name: 'inspect-cold', value, unit: 's', ...budget }]
}

async function inspectCold(programFolder: string, path: string): Promise<{ seconds: number; layers: number }> {
  const cache = await mkdtemp(join(tmpdir(), 'filterscope-cold-'))
  const start = performance.now()
  const inspector = fork(join(programFolder, 'inspector.js'), {
    serialization: 'advanced',
    env: { ...process.env, HOME: cache, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache },
  })
  try {
    const { layers } = await callInspector(inspector, 'models.open', { path })
    for (const { name } of layers) await callInspector(inspector, 'models.verdict', { path, layer: name })
    return { seconds: (performance.now() - start) / 1000, layers: layers.length }
  } finally {
    inspector.kill()
    await rm(cache, { recursive: true, force: true })
  }
}
