import { type SpawnEngineProcess, exitReason } from '../host/engine-process.ts'
import type { RunLogEntry } from '../protocol/runs.ts'
import type { TrainerCommand, TrainerEvent } from '../protocol/trainer.ts'
import type { Reporter } from './report/reporter.ts'

export interface TrainingEnd {
  /** The sentence for standard error; undefined where the run came to its end, or nobody reads what it says. */
  readonly failure: string | undefined
  /** 0, 1 where the run failed, 2 where the input was at fault. */
  readonly exitCode: number
}

/**
 * Trains one run in a process of its own, told by `reporter`, and resolves when that process has ended.
 * Ctrl+C stops the run, which is then tested and written; a second one ends it at once. A run that must pause is ended,
 * because nobody is there to mend what is wrong; its folder has a checkpoint then, where the disk takes one.
 */
export async function trainInProcess(
  spawn: SpawnEngineProcess,
  start: Extract<TrainerCommand, { kind: 'start' }>,
  reporter: Reporter,
): Promise<TrainingEnd> {
  const trainer = spawn('trainer')
  let isFinished = false
  let isBadInput = false
  let isOutputLost = false
  let hasPaused = false
  let interruptions = 0
  const follow = (entry: RunLogEntry) => {
    if (!isOutputLost) reporter.show(entry)
    if (entry.kind === 'finished') isFinished = true
    if (entry.kind === 'phase' && entry.phase === 'failed') isBadInput = entry.isBadInput === true
    const isPause = entry.kind === 'phase' && entry.phase === 'paused'
    // Refused again, or written: that is as much as can be kept.
    if (hasPaused && (isPause || entry.kind === 'checkpoint')) return trainer.kill()
    if (!isPause) return
    hasPaused = true
    trainer.post({ kind: 'checkpoint' })
  }
  const interrupt = () => {
    if (interruptions++ > 0) return trainer.kill()
    reporter.notice('Stopping: the network is tested and written; Ctrl+C again ends it at once.')
    trainer.post({ kind: 'stop' })
  }
  const loseOutput = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    if (!isOutputLost) trainer.post({ kind: 'stop' })
    isOutputLost = true
  }
  process.on('SIGINT', interrupt)
  process.on('SIGTERM', interrupt)
  process.stdout.on('error', loseOutput)
  try {
    trainer.onMessage((message) => {
      const event = message as TrainerEvent
      if (event.kind === 'log') follow(event.entry)
    })
    trainer.post(start)
    const reason = await new Promise<string>((done) => trainer.onExit((code, signal) => done(exitReason(code, signal))))
    const failure = reporter.close(interruptions > 1 ? 'Ctrl+C' : reason)
    return { failure: isOutputLost ? undefined : failure, exitCode: isFinished ? 0 : isBadInput ? 2 : 1 }
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
    process.stdout.off('error', loseOutput)
  }
}
