/** What the person at the window asked for; the training loop looks at it between runs. */
export class RunControl {
  #paused = false
  #stepsAllowed = 0
  #stopRequested = false
  #checkpointRequested = false
  #learningRate: number | undefined
  #filterLayers = new Set<string>()
  /** A command came since the loop last waited for one. */
  #hasNews = false
  #wake: (() => void) | undefined
  readonly #stopping = new AbortController()

  get isPaused(): boolean {
    return this.#paused
  }

  /** True while a single step was asked for and not yet taken. */
  get isStepping(): boolean {
    return this.#stepsAllowed > 0
  }

  /** True while there is nothing to do but to wait for a command. */
  get isWaiting(): boolean {
    return this.#paused && !this.isStepping && !this.#stopRequested
  }

  /** Ends the opening of data when the run is stopped before it began. */
  get stopSignal(): AbortSignal {
    return this.#stopping.signal
  }

  get stopRequested(): boolean {
    return this.#stopRequested
  }

  pause(): void {
    this.#paused = true
    this.#tell()
  }

  /** Pauses because the run cannot go on as it is; steps that were asked for are to be asked for again. */
  pauseOnFailure(): void {
    this.#paused = true
    this.#stepsAllowed = 0
  }

  /** For a stop that could not be carried out. */
  takeBackStop(): void {
    this.#stopRequested = false
  }

  resume(): void {
    this.#paused = false
    this.#stepsAllowed = 0
    this.#tell()
  }

  /** Allows one more step; pauses first where the run is not paused. */
  allowStep(): void {
    this.#paused = true
    this.#stepsAllowed++
    this.#tell()
  }

  stepTaken(): void {
    this.#stepsAllowed = Math.max(0, this.#stepsAllowed - 1)
  }

  stop(): void {
    this.#stopRequested = true
    this.#stopping.abort()
    this.#tell()
  }

  requestCheckpoint(): void {
    this.#checkpointRequested = true
    this.#tell()
  }

  /** True from a request until it is taken. */
  get checkpointRequested(): boolean {
    return this.#checkpointRequested
  }

  /** True once per request. */
  takeCheckpointRequest(): boolean {
    const requested = this.#checkpointRequested
    this.#checkpointRequested = false
    return requested
  }

  setLearningRate(learningRate: number): void {
    this.#learningRate = learningRate
    this.#tell()
  }

  /** The learning rate to train with from here on; undefined where it was not changed since the last call. */
  takeLearningRate(): number | undefined {
    const learningRate = this.#learningRate
    this.#learningRate = undefined
    return learningRate
  }

  /** Asks for one frame of that layer. */
  requestFilters(layer: string): void {
    this.#filterLayers.add(layer)
    this.#tell()
  }

  /** The layers asked for since the last call. */
  takeFilterRequests(): ReadonlySet<string> {
    const layers = this.#filterLayers
    if (layers.size > 0) this.#filterLayers = new Set()
    return layers
  }

  /** Resolves at the next command, at once where one came since this last resolved: none is waited past. */
  async nextCommand(): Promise<void> {
    if (!this.#hasNews) await new Promise<void>((resolve) => (this.#wake = resolve))
    this.#hasNews = false
  }

  #tell(): void {
    this.#hasNews = true
    this.#wake?.()
    this.#wake = undefined
  }
}
