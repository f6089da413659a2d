import { join } from 'node:path'
import { MultiBar, type SingleBar } from 'cli-progress'
import type { OpenedRun, RunLogEntry } from '../../protocol/runs.ts'
import { type Reporter, RunOutcome } from './reporter.ts'

/** A progress bar with rate, time left, loss and accuracy, and a line for every epoch. */
export class ProgressReporter implements Reporter {
  readonly #outcome = new RunOutcome()
  /** Of one bar: a SingleBar returns to the line it began at, which lines printed since have moved. */
  readonly #bars = new MultiBar({
    format:
      ' {bar} {percentage}% | step {value}/{total} | {rate} images/s | {left} left | loss {loss} | accuracy {accuracy}',
    hideCursor: true,
    clearOnComplete: true,
    noTTYOutput: false,
    stream: process.stderr,
  })
  #bar: SingleBar | undefined
  #run: OpenedRun | undefined
  #startedAt = 0
  #firstStep = 0
  #isLineOpen = false

  show(entry: RunLogEntry): void {
    this.#outcome.see(entry)
    switch (entry.kind) {
      case 'progress':
        this.#showOpening(entry)
        break
      case 'prepared':
        this.#begin(entry.run)
        break
      case 'device':
        this.#say(`Device: ${entry.device.label}. ${entry.device.reason}`)
        break
      case 'problem':
        this.#say(`Skipped: ${entry.problem.message}`)
        break
      case 'steps':
        this.#advance(entry)
        break
      case 'evaluation':
        this.#say(
          `${entry.split === 'test' ? 'Test' : `Epoch ${entry.epoch}, validation`}: loss ${entry.loss.toFixed(4)}, accuracy ${percent(entry.accuracy)}`,
        )
        break
      case 'finished':
        this.#stopBar()
        this.#say(`Model: ${join(entry.runFolder, 'model.onnx')}`)
        break
      default:
      // The rest is for a window.
    }
  }

  notice(sentence: string): void {
    this.#clearLine()
    process.stderr.write(`${sentence}\n`)
  }

  close(exitReason: string): string | undefined {
    this.#stopBar()
    this.#clearLine()
    return this.#outcome.failure(exitReason)
  }

  #begin(run: OpenedRun): void {
    this.#run = run
    this.#firstStep = run.step
    const { counts, image } = run.data
    this.#say(`Run folder: ${run.folder}`)
    this.#say(
      `${run.dataTitle}: ${counts.train} training, ${counts.validation} validation, ${counts.test} test images of ${image.width}×${image.height}×${image.channels}, ${run.classes.length} classes`,
    )
    const inHeads = (run.network.heads ?? []).reduce((sum, { parameters }) => sum + parameters, 0)
    const trainOnly = inHeads === 0 ? '' : `, and ${inHeads} of its auxiliary heads in training only`
    this.#say(`${run.architectureName}: ${run.network.parameters} parameters${trainOnly}`)
    if (process.stderr.isTTY) this.#bar = this.#bars.create(run.totalSteps, run.step, blanks)
    this.#startedAt = performance.now()
  }

  #advance(entry: Extract<RunLogEntry, { kind: 'steps' }>): void {
    if (this.#run === undefined) return
    const perStep = (performance.now() - this.#startedAt) / (entry.step - this.#firstStep)
    this.#bar?.update(entry.step, {
      rate: Math.round(entry.imagesPerSecond),
      left: duration((this.#run.totalSteps - entry.step) * perStep),
      loss: (entry.losses.at(-1) ?? Number.NaN).toFixed(4),
      accuracy: percent(entry.trainAccuracy),
    })
  }

  /** A line that the next one replaces: reading tens of thousands of pictures takes a while. */
  #showOpening({ stage, done, total, unit }: Extract<RunLogEntry, { kind: 'progress' }>): void {
    if (!process.stderr.isTTY) return
    this.#clearLine()
    process.stderr.write(` ${stage}: ${done} of ${total} ${unit}`)
    this.#isLineOpen = true
  }

  /** Printed above the bar. */
  #say(line: string): void {
    this.#clearLine()
    process.stdout.write(`${line}\n`)
  }

  #stopBar(): void {
    if (this.#bar !== undefined) this.#bars.stop()
    this.#bar = undefined
  }

  #clearLine(): void {
    if (process.stderr.isTTY && (this.#bar !== undefined || this.#isLineOpen)) process.stderr.write(`\r\u001b[2K`)
    this.#isLineOpen = false
  }
}

const blanks = { rate: '–', left: '–', loss: '–', accuracy: '–' }

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}
