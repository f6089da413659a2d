import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Browser } from 'playwright-core'
import type { Client } from '../../engine/protocol/client.ts'
import { launchBrowser } from '../app/browser.ts'
import { type TestServer, startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'
import { batchSize, lenetSettings } from './lenet.ts'

const clientRounds = 12
const windowRounds = 5
const roundMs = 3000
const layers = ['conv1', 'conv2']

/** A training under way whose speed is measured. */
interface WatchedTraining {
  readonly server: TestServer
  readonly client: Client
  readonly runId: string
  /** Images a second over the next three seconds. */
  speed(): Promise<number>
}

/**
 * The speed of one training, by turns with nobody watching and with somebody: a client that acknowledges every frame of
 * every convolution's filters, of which the host sends ten a second (host and client share this process), and the
 * workbench itself in a real browser on the same cores, which draws curves, wall and maps.
 */
export async function measureStreamingCost(programFolder: string, dataFolder: string): Promise<BenchRow[]> {
  const staticFolder = join(programFolder, '../renderer')
  const server = await startTestServer(programFolder, { root: '/', staticFolder })
  const browser = await launchBrowser()
  try {
    const training = await startTraining(server, dataFolder)
    const rows = [await costOfClient(training), await costOfWindow(training, browser)]
    await training.client.request('runs.stop', { runId: training.runId })
    return rows
  } finally {
    await browser.close()
    await server.close()
  }
}

async function startTraining(server: TestServer, dataFolder: string): Promise<WatchedTraining> {
  const client = server.connect()
  const { runId } = await client.request('runs.start', { settings: lenetSettings(dataFolder) })
  let last = { step: 0, at: 0 }
  let failure: string | undefined
  client.subscribe({ kind: 'run', runId }, {}, (entry) => {
    if (entry.kind === 'steps') last = { step: entry.step, at: performance.now() }
    if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message
  })
  while (last.step < 40) {
    if (failure !== undefined) throw new Error(failure)
    await delay(50)
  }
  return {
    server,
    client,
    runId,
    async speed() {
      const first = last
      await delay(roundMs)
      return (1000 * batchSize * (last.step - first.step)) / (last.at - first.at)
    },
  }
}

async function costOfClient({ client, runId, speed }: WatchedTraining): Promise<BenchRow> {
  let frames = 0
  const watch = async () => {
    const ends = layers.map((layer) => client.subscribe({ kind: 'filters', runId, layer }, {}, () => void frames++))
    const watched = await speed()
    for (const end of ends) end()
    return watched
  }
  const measured = await byTurns(clientRounds, speed, watch)
  const perSecond = (1000 * frames) / (clientRounds * roundMs * layers.length)
  if (perSecond < 1) throw new Error(`The client got only ${perSecond.toFixed(1)} frames a second of each layer.`)
  const peer = `nobody watching (${perSecond.toFixed(1)} frames/s of ${layers.length} layers)`
  return { name: 'streaming-cost', unit: 'images/s', peer, ...measured }
}

async function costOfWindow({ server, speed }: WatchedTraining, browser: Browser): Promise<BenchRow> {
  const watch = async () => {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.goto(`http://127.0.0.1:${server.server.port}/?token=${server.server.token}`)
    await page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Train' }).click()
    await page.getByRole('region', { name: /^Filters of conv1/ }).waitFor()
    // What a page loads and lays out once is not the cost of watching.
    await delay(1000)
    const watched = await speed()
    await page.close()
    return watched
  }
  const measured = await byTurns(windowRounds, speed, watch)
  const peer = 'nobody watching (a browser that draws on the same cores)'
  return { name: 'streaming-cost-window', unit: 'images/s', peer, ...measured }
}

/** Every other pair the other way round: a machine that slows down or speeds up then favours neither. */
async function byTurns(rounds: number, measureAlone: () => Promise<number>, measureWatched: () => Promise<number>) {
  const alone: number[] = []
  const watched: number[] = []
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 1) watched.push(await measureWatched())
    alone.push(await measureAlone())
    if (round % 2 === 0) watched.push(await measureWatched())
  }
  const ratios = watched.map((value, round) => value / (alone[round] as number))
  return { value: median(watched), peerValue: median(alone), ratio: median(ratios) }
}
