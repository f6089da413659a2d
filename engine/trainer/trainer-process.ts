import { connectToParent } from '../process/parent-port.ts'
import type { TrainerCommand, TrainerEvent } from '../protocol/trainer.ts'
import { refusalReason } from '../runs/refusal-reason.ts'
import { RunFolder, openRunFolder } from '../runs/run-folder.ts'
import { RunLock } from '../runs/run-lock.ts'
import { Journal } from './journal.ts'
import { RunControl } from './run-control.ts'
import { isSaveFailure } from './save-failure.ts'
import { withModelImage } from '../fine-tuning/model-image.ts'
import { startTrainer } from './start-trainer.ts'
import type { Trainer } from './trainer.ts'
import packageDescription from '../../package.json' with { type: 'json' }

/** The process that trains one run and ends with it. A native crash here takes nothing else along. */
const port = connectToParent<TrainerCommand, TrainerEvent>()
const control = new RunControl()
let trainer: Trainer | undefined
let lock: RunLock | undefined
let hasStarted = false

port.onMessage((command) => {
  switch (command.kind) {
    case 'start':
    case 'continue':
      if (!hasStarted) void train(command)
      hasStarted = true
      break
    case 'pause':
      control.pause()
      break
    case 'resume':
      control.resume()
      break
    case 'step':
      control.allowStep()
      break
    case 'stop':
      control.stop()
      break
    case 'checkpoint':
      control.requestCheckpoint()
      break
    case 'setLearningRate':
      control.setLearningRate(command.learningRate)
      break
    case 'requestFilters':
      control.requestFilters(command.layer)
  }
})

/** Errors whose message is a whole sentence; anything else is a defect and is printed with its stack. */
const inputErrors = [
  ...['DataError', 'ArchitectureError', 'ModelError', 'ShapeError', 'FineTuningError', 'DifferentiationError'],
  ...['DropoutError', 'RunError', 'ExportError', 'ResizingError'],
]
const runtimeError = 'RuntimeError'

async function train(command: Extract<TrainerCommand, { kind: 'start' | 'continue' }>): Promise<void> {
  let journal: Journal | undefined
  let folder: RunFolder | undefined
  try {
    folder =
      command.kind === 'start'
        ? await RunFolder.create(
            command.runFolder,
            command.runId,
            withModelImage(command.settings),
            packageDescription.version,
          )
        : await openRunFolder(command.runFolder)
    lock = await RunLock.take(folder.path)
    const opened = await Journal.open(folder, (entry) => port.post({ kind: 'log', entry }))
    journal = opened
    trainer = await startTrainer(folder, command.kind === 'continue', control, opened, (event) => port.post(event))
    await trainer.run()
    await opened.close()
    await end(0)
  } catch (error) {
    const message = sentenceFor(error, folder)
    const name = error instanceof Error ? error.name : ''
    if (name === 'OpeningCancelledError') return await abandon(journal, command.kind === 'start' ? folder : undefined)
    // Before the first step a runtime error means that the device asked for cannot be used.
    const isBadInput = inputErrors.includes(name) || (name === runtimeError && trainer === undefined)
    if (!isBadInput && name !== runtimeError && !isSaveFailure(error)) console.error(error)
    await fail(journal, message, isBadInput)
    await journal?.close().catch(printUnlessRefused)
    if (command.kind === 'start' && trainer === undefined) await folder?.discard()
    await end(1)
  }
}

function sentenceFor(error: unknown, folder: RunFolder | undefined): string {
  if (folder !== undefined && isSaveFailure(error)) {
    return `The run could not be saved to ${folder.path}: ${refusalReason(error)}.`
  }
  return error instanceof Error ? error.message : String(error)
}

/** A run that was stopped while its data was still being opened: of a new one, whose `folder` this is, nothing stays. */
async function abandon(journal: Journal | undefined, folder: RunFolder | undefined): Promise<void> {
  const message = `The run was stopped before it ${folder === undefined ? 'went on' : 'began'}.`
  await journal?.enter('stopped', journal.step, message)
  await journal?.close()
  await folder?.discard()
  await end(0)
}

/** Says why the run failed, also where the disk no longer takes it. */
async function fail(journal: Journal | undefined, message: string, isBadInput: boolean): Promise<void> {
  const step = journal?.step ?? 0
  const entry = { kind: 'phase', phase: 'failed', step, message, isBadInput } as const
  if (journal === undefined) port.post({ kind: 'log', entry })
  else await journal.fail(entry).catch(printUnlessRefused)
}

/** What the disk refuses here has been told to the host: it is why the run failed. */
function printUnlessRefused(error: unknown): void {
  if (!isSaveFailure(error)) console.error(error)
}

async function end(code: number): Promise<void> {
  lock?.release()
  await port.flushed()
  process.exit(code)
}
