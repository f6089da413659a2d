import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { type RunSettings, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { type TestServer, startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'

const rounds = 7
const measuredSteps = 1200
const batchSize = 64
const budgetShare = 0.95

const fashion = resolve(import.meta.dirname, '../../../shared/data/fashion-mnist')

/**
 * The speed of the LeNet preset from its first step on, when the looks at its filters lie closest, with somebody who
 * follows the verdicts and without: whole short trainings by turns.
 */
export async function measureVerdictCost(
  programFolder: string,
  say: (line: string) => void,
): Promise<readonly BenchRow[]> {
  const server = await startTestServer(programFolder, { root: '/' })
  try {
    // Draws what chance does, once for all.
    await train(server, true)
    const [alone, judged]: [number[], number[]] = [[], []]
    let looks = 0
    for (let round = 0; round < rounds; round++) {
      const order = round % 2 === 0 ? [false, true] : [true, false]
      for (const isJudged of order) {
        const found = await train(server, isJudged)
        ;(isJudged ? judged : alone).push(found.speed)
        looks = Math.max(looks, found.looks)
      }
    }
    if (looks < 10) throw new Error(`Only ${looks} looks at the filters were taken while they trained.`)
    const ratio = median(judged.map((speed, round) => speed / (alone[round] as number)))
    const source = existsSync(fashion) ? 'Fashion-MNIST' : 'X-or-O'
    say(`  LeNet preset, ${source}, ${measuredSteps} steps of ${batchSize}, ${looks} looks; budget ${budgetShare}`)
    const peer = `no verdicts (${looks} looks in ${measuredSteps} steps)`
    return [{ name: 'verdict-cost', value: median(judged), unit: 'images/s', peer, peerValue: median(alone), ratio }]
  } finally {
    await server.close()
  }
}

async function train(server: TestServer, isJudged: boolean): Promise<{ speed: number; looks: number }> {
  const client = server.connect()
  const { runId } = await client.request('runs.start', { settings: settings() })
  let first: number | undefined
  let last: number | undefined
  let looks = 0
  let failure: string | undefined
  const ends = [
    client.subscribe({ kind: 'run', runId }, {}, (entry) => {
      if (entry.kind === 'phase' && entry.phase === 'running') first ??= performance.now()
      if (entry.kind === 'steps' && entry.step >= measuredSteps) last ??= performance.now()
      if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message
    }),
    ...(isJudged
      ? [client.subscribe({ kind: 'verdicts', runId }, {}, (all) => void (looks = Math.max(looks, all.length)))]
      : []),
  ]
  while (first === undefined || last === undefined) {
    if (failure !== undefined) throw new Error(failure)
    await delay(5)
  }
  await client.request('runs.stop', { runId })
  for (const end of ends) end()
  // The next training starts on an idle machine.
  await delay(1000)
  return { speed: (1000 * measuredSteps * batchSize) / (last - first), looks }
}

function settings(): RunSettings {
  const source = existsSync(fashion) ? { kind: 'path', path: fashion } : { kind: 'xo', options: { count: 20_000 } }
  return runSettingsSchema.parse({
    data: { source },
    network: { kind: 'layers', architecture: findPreset('lenet5')?.architecture },
    training: { batchSize, epochs: 1000, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
  })
}
