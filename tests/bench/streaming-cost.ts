import { setTimeout as delay } from 'node:timers/promises'
import { startTestServer } from '../server/fixtures/test-server.ts'
import { type BenchRow, median } from './bench-row.ts'
import { batchSize, lenetSettings } from './lenet.ts'

const rounds = 6
const roundMs = 5000
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
    let step = 0
    let failure: string | undefined
    window.subscribe({ kind: 'run', runId }, {}, (entry) => {
      if (entry.kind === 'steps') step = entry.step
      if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message
    })
    while (step < 40) {
      if (failure !== undefined) throw new Error(failure)
      await delay(50)
    }
    const speed = async () => {
      const [from, begin] = [step, performance.now()]
      await delay(roundMs)
      return (1000 * batchSize * (step - from)) / (performance.now() - begin)
    }
    const alone: number[] = []
    const watched: number[] = []
    let frames = 0
    for (let round = 0; round < rounds; round++) {
      alone.push(await speed())
      const watches = layers.map((layer) =>
        window.subscribe({ kind: 'filters', runId, layer }, {}, () => void frames++),
      )
      watched.push(await speed())
      for (const endWatch of watches) endWatch()
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
