import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { type Interface, createInterface } from 'node:readline'
import { watchMemory } from './peak-memory.ts'

export interface StepTimes {
  readonly elapsedMs: number
  readonly losses: readonly number[]
}

/** A process that takes as many training steps as it is told and answers with their time and losses. */
export class StepServer {
  readonly #child: ChildProcess
  readonly #answers: AsyncIterator<string>
  readonly #memory: ReturnType<typeof watchMemory>

  constructor(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    this.#child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, ...environment } })
    const lines: Interface = createInterface({ input: this.#child.stdout as NonNullable<ChildProcess['stdout']> })
    this.#answers = lines[Symbol.asyncIterator]()
    this.#memory = watchMemory(this.#child.pid as number)
  }

  /** Throws where the process has ended. */
  async take(steps: number): Promise<StepTimes> {
    this.#child.stdin?.write(`${steps}\n`)
    const answer = await this.#answers.next()
    if (answer.done === true) throw new Error(`${this.#child.spawnargs.join(' ')} has ended; its reason is above.`)
    return JSON.parse(answer.value) as StepTimes
  }

  peakBytes(): number | undefined {
    return this.#memory.peakBytes()
  }

  async end(): Promise<void> {
    this.#memory.stop()
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    this.#child.stdin?.end()
    await exited
  }
}
