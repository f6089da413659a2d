import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { RunSettings } from '../../engine/protocol/settings.ts'
import type { TrainerCommand, TrainerEvent } from '../../engine/protocol/trainer.ts'
import { watchMemory } from './peak-memory.ts'

export interface EpochSpeed {
  readonly imagesPerSecond: number
  /** Of the time of its steps. */
  readonly waitingPercent: number
}

export interface TrainedEpochs {
  readonly epochs: readonly EpochSpeed[]
  readonly peakBytes: number | undefined
}

/**
 * Trains a run to its end in the engine's trainer process, which keeps what it decodes below the folder `cache`, and tells
 * what its log says of each epoch.
 */
export async function trainEpochs(
  programFolder: string,
  runFolder: string,
  settings: RunSettings,
  cache: string,
): Promise<TrainedEpochs> {
  const child = fork(join(programFolder, 'trainer.js'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
    env: { ...process.env, XDG_CACHE_HOME: cache, LOCALAPPDATA: cache },
  })
  const memory = watchMemory(child.pid as number)
  const totals = new Map<number, { images: number; elapsedMs: number; waitingMs: number }>()
  let failure = ''
  child.on('message', (event: TrainerEvent) => {
    if (event.kind !== 'log') return
    const { entry } = event
    if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message ?? ''
    if (entry.kind !== 'steps') return
    const total = totals.get(entry.epoch) ?? { images: 0, elapsedMs: 0, waitingMs: 0 }
    const images = entry.losses.length * settings.training.batchSize
    const elapsedMs = (1000 * images) / entry.imagesPerSecond
    total.images += images
    total.elapsedMs += elapsedMs
    total.waitingMs += elapsedMs * (entry.inputShare ?? Number.NaN)
    totals.set(entry.epoch, total)
  })
  const command: TrainerCommand = { kind: 'start', runFolder, runId: 'bench', settings }
  child.send(command)
  const [code] = (await once(child, 'exit')) as [number | null]
  memory.stop()
  if (code !== 0) throw new Error(`The trainer process ended with code ${code}. ${failure}`)
  const epochs = [...totals.values()].map(({ images, elapsedMs, waitingMs }) => ({
    imagesPerSecond: (1000 * images) / elapsedMs,
    waitingPercent: (100 * waitingMs) / elapsedMs,
  }))
  return { epochs, peakBytes: memory.peakBytes() }
}
