/** What the person at the window asked for; the training loop looks at it between runs. */
export class RunControl {
  #paused = false
  #stepsAllowed = 0
  #stopRequested = false
  #checkpointRequested = false
  #wake: (() => void) | undefined
  readonly #stopping = new AbortController()

  get isPaused(): boolean {
    return this.#paused
  }

  /** True while a single step was asked for and not yet taken. */
  get isStepping(): boolean {
    return this.#stepsAllowed > 0
  }

  /** Ends the opening of data when the run is stopped before it began. */
  get stopSignal(): AbortSignal {
    return this.#stopping.signal
  }

  get stopRequested(): boolean {
    return this.#stopRequested
  }

  /** Also takes back a stop that could not be carried out. */
  pause(): void {
    this.#paused = true
    this.#stopRequested = false
    this.#wakeUp()
  }

  resume(): void {
    this.#paused = false
    this.#stepsAllowed = 0
    this.#wakeUp()
  }

  /** Allows one more step; pauses first where the run is not paused. */
  allowStep(): void {
    this.#paused = true
    this.#stepsAllowed++
    this.#wakeUp()
  }

  stepTaken(): void {
    this.#stepsAllowed = Math.max(0, this.#stepsAllowed - 1)
  }

  stop(): void {
    this.#stopRequested = true
    this.#stopping.abort()
    this.#wakeUp()
  }

  requestCheckpoint(): void {
    this.#checkpointRequested = true
    this.#wakeUp()
  }

  /** True once per request. */
  takeCheckpointRequest(): boolean {
    const requested = this.#checkpointRequested
    this.#checkpointRequested = false
    return requested
  }

  /** Resolves at the next command. */
  nextCommand(): Promise<void> {
    return new Promise((resolve) => (this.#wake = resolve))
  }

  /** Lets the loop look again, for requests that are not kept here. */
  #wakeUp(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  poke(): void {
    this.#wakeUp()
  }
}
