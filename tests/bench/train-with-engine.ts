import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Augmentation } from '../../engine/protocol/augmentation.ts'
import type { TrainerCommand, TrainerEvent } from '../../engine/protocol/trainer.ts'
import { batchSize, lenetSettings } from './lenet.ts'
import { watchMemory } from './peak-memory.ts'

export interface TrainingSpeed {
  readonly imagesPerSecond: number
  readonly peakBytes: number | undefined
}

/** Trains LeNet in the engine's trainer process, as a run does, and measures by the clock what its log tells. */
export async function trainWithEngine(
  programFolder: string,
  dataFolder: string,
  runFolder: string,
  seconds: number,
  augmentation?: Augmentation,
): Promise<TrainingSpeed> {
  const child = fork(join(programFolder, 'trainer.js'), [], {
    serialization: 'advanced',
    stdio: ['ignore', 2, 2, 'ipc'],
    execArgv: [],
  })
  const memory = watchMemory(child.pid as number)
  const send = (command: TrainerCommand) => child.send(command)
  const warmUpSteps = 40
  let begin: { step: number; at: number } | undefined
  let end: { step: number; at: number } | undefined
  let failure: string | undefined
  child.on('message', (event: TrainerEvent) => {
    if (event.kind !== 'log') return
    const { entry } = event
    if (entry.kind === 'phase' && entry.phase === 'failed') failure = entry.message
    if (entry.kind !== 'steps' || entry.step < warmUpSteps || end !== undefined) return
    const now = { step: entry.step, at: performance.now() }
    begin ??= now
    if (now.at - begin.at < seconds * 1000) return
    end = now
    send({ kind: 'stop' })
  })
  send({ kind: 'start', runFolder, runId: 'bench', settings: lenetSettings(dataFolder, augmentation) })
  const [code] = (await once(child, 'exit')) as [number | null]
  memory.stop()
  if (begin === undefined || end === undefined) {
    throw new Error(`The trainer process ended with code ${code} before it was measured. ${failure ?? ''}`)
  }
  return {
    imagesPerSecond: (1000 * batchSize * (end.step - begin.step)) / (end.at - begin.at),
    peakBytes: memory.peakBytes(),
  }
}
