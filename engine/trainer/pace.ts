/** A fused run should take about this long, so that the process answers often and loses little time between runs. */
const targetRunMs = 50
const maximumFusedSteps = 256

/** Learns how long a step takes, to choose how many to fuse; the clock decides that and nothing else. */
export class Pace {
  #stepMs: number | undefined

  /** How many steps make a run of about 50 ms; 1 while nothing was measured yet. */
  get stepsAtOnce(): number {
    if (this.#stepMs === undefined) return 1
    return Math.min(maximumFusedSteps, Math.max(1, Math.round(targetRunMs / this.#stepMs)))
  }

  measure(elapsedMs: number, steps: number): void {
    const stepMs = elapsedMs / steps
    this.#stepMs = this.#stepMs === undefined ? stepMs : 0.7 * this.#stepMs + 0.3 * stepMs
  }

  /** Begins anew, as after a change of device. */
  forget(): void {
    this.#stepMs = undefined
  }
}
