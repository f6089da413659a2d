import { setTimeout as delay } from 'node:timers/promises'
import { startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'
import { batchSize, lenetSettings } from './lenet.ts'

const rounds = 12
const roundMs = 3000
const layers = ['conv1', 'conv2']

/**
 * The speed of one training, by turns with nobody watching and with a client that acknowledges every frame of every
 * convolution's filters, of which the host sends ten a second. Host and client share this process.
 */
export async function measureStreamingCost(programFolder: string, dataFolder: string): Promise<BenchRow[]> {
  const server = await startTestServer(programFolder, { root: '/' })
  try {
    const window = server.connect()
    const { runId } = await window.request('runs.start', { settings: lenetSettings(dataFolder) })
    let last = { step: 0, at: 0 }
    let failure: string | undefined
    window.subscribe({ kind: 'run', runId }, {}, (entry) => {
      if (entry.kind === 'steps') last = { step: entry.step, at: performance.now() }
      if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message
    })
    while (last.step < 40) {
      if (failure !== undefined) throw new Error(failure)
      await delay(50)
    }
    const speed = async () => {
      const first = last
      await delay(roundMs)
      return (1000 * batchSize * (last.step - first.step)) / (last.at - first.at)
    }
    const alone: number[] = []
    const watched: number[] = []
    let frames = 0
    const watch = async () => {
      const ends = layers.map((layer) => window.subscribe({ kind: 'filters', runId, layer }, {}, () => void frames++))
      watched.push(await speed())
      for (const end of ends) end()
    }
    for (let round = 0; round < rounds; round++) {
      // Every other pair the other way round: a machine that slows down or speeds up then favours neither.
      if (round % 2 === 1) await watch()
      alone.push(await speed())
      if (round % 2 === 0) await watch()
    }
    await window.request('runs.stop', { runId })
    const perSecond = (1000 * frames) / (rounds * roundMs * layers.length)
    if (perSecond < 1) throw new Error(`The client got only ${perSecond.toFixed(1)} frames a second of each layer.`)
    const ratios = watched.map((value, round) => value / (alone[round] as number))
    return [
      {
        name: 'streaming-cost',
        value: median(watched),
        unit: 'images/s',
        peer: `nobody watching (${perSecond.toFixed(1)} frames/s of ${layers.length} layers)`,
        peerValue: median(alone),
        ratio: median(ratios),
      },
    ]
  } finally {
    await server.close()
  }
}
