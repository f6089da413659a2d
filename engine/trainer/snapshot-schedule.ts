/** Bytes that the kept weights of one run may take on disk. */
export const SNAPSHOT_BUDGET_BYTES = 256 * 1024 * 1024

const snapshotsPerEpoch = 50

/**
 * Decides at which steps weights are kept for looking back: the birth, powers of two (most happens early), and every
 * `stride` steps. When the budget is used up the stride doubles and what no longer falls on it is dropped.
 * A pure function of step numbers and sizes, so that the same run keeps the same steps.
 */
export class SnapshotSchedule {
  #stride: number
  readonly #budgetBytes: number

  constructor(stepsPerEpoch: number, budgetBytes = SNAPSHOT_BUDGET_BYTES) {
    this.#stride = Math.max(1, Math.ceil(stepsPerEpoch / snapshotsPerEpoch))
    this.#budgetBytes = budgetBytes
  }

  get budgetBytes(): number {
    return this.#budgetBytes
  }

  isDue(step: number): boolean {
    return step % this.#stride === 0 || isPowerOfTwo(step)
  }

  /** The first due step after `step`. */
  nextAfter(step: number): number {
    const multiple = (Math.floor(step / this.#stride) + 1) * this.#stride
    const power = step < 1 ? 1 : 2 ** (Math.floor(Math.log2(step)) + 1)
    return Math.min(multiple, power)
  }

  /** Which of the kept `steps` (ascending, each of `bytesEach`) to drop so that the budget holds; the newest stays. */
  thin(steps: readonly number[], bytesEach: number): number[] {
    let kept = [...steps]
    while (kept.length * bytesEach > this.#budgetBytes && this.#stride <= (kept.at(-1) ?? 0)) {
      this.#stride *= 2
      kept = kept.filter((step) => !this.#isSpare(step, kept))
    }
    const keptSet = new Set(kept)
    return steps.filter((step) => !keptSet.has(step))
  }

  /** Birth, newest and powers of two are never spare. */
  #isSpare(step: number, kept: readonly number[]): boolean {
    return step !== 0 && step !== kept.at(-1) && step % this.#stride !== 0 && !isPowerOfTwo(step)
  }
}

function isPowerOfTwo(step: number): boolean {
  return step > 0 && (step & (step - 1)) === 0
}
