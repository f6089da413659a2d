/** Bytes that the kept weights of one run may take on disk. */
export const SNAPSHOT_BUDGET_BYTES = 256 * 1024 * 1024

/** More than a timeline has pixels for; every one of them is named in the log each time another is kept. */
const maximumSnapshots = 1000

const snapshotsPerEpoch = 50

/** Steps are kept more and more rarely, until so many lie between two: fewer could hardly be fused into one run. */
const rarest = 8
/** But so many of each octave of steps are kept all the same. */
const keptPerOctave = 16

/**
 * Decides at which steps weights are kept for looking back: the birth, powers of two, the newest, and every `stride`
 * steps. In short epochs the stride grows with the step from 1 to 8 (most happens early). It doubles when the budget is
 * used up, and what no longer falls on it is dropped.
 * All of it is a pure function of the step and of sizes, so that a run that was continued keeps the same steps.
 */
export class SnapshotSchedule {
  /** What all kept snapshots together may take: 256 MB, less for small networks. */
  readonly budgetBytes: number
  readonly #smallestStride: number
  readonly #mostKept: number

  /** `snapshotBytes` is the size of one snapshot. */
  constructor(stepsPerEpoch: number, snapshotBytes: number, budgetBytes = SNAPSHOT_BUDGET_BYTES) {
    this.#smallestStride = Math.max(1, Math.ceil(stepsPerEpoch / snapshotsPerEpoch))
    this.#mostKept = Math.min(maximumSnapshots, Math.floor(budgetBytes / snapshotBytes))
    this.budgetBytes = Math.min(budgetBytes, maximumSnapshots * snapshotBytes)
  }

  isDue(step: number): boolean {
    return step % this.#dueStride(step) === 0 || isPowerOfTwo(step)
  }

  /** The first due step after `step`. */
  nextAfter(step: number): number {
    const power = step < 1 ? 1 : 2 ** (Math.floor(Math.log2(step)) + 1)
    for (let next = step; ;) {
      const stride = this.#dueStride(next + 1)
      next = (Math.floor(next / stride) + 1) * stride
      if (next >= power) return power
      if (this.isDue(next)) return next
    }
  }

  /** Which of the kept `steps` (ascending) to drop when their last was added. */
  spare(steps: readonly number[]): number[] {
    const newest = steps.at(-1) ?? 0
    const stride = this.#strideAt(newest)
    return steps.filter((step) => step !== newest && step % stride !== 0 && !isPowerOfTwo(step))
  }

  /** True once steps that were kept have been dropped for want of room. */
  isThinned(step: number): boolean {
    return this.#strideAt(step) > this.#smallestStride
  }

  /** A step that was due when it was new is kept for as long as there is room. */
  #dueStride(step: number): number {
    let stride = this.#strideAt(step)
    while (stride * 2 <= rarest && step >= rarerFrom(stride)) stride *= 2
    return stride
  }

  /** Where not even birth, newest and powers of two find room, they are kept all the same. */
  #strideAt(step: number): number {
    let stride = this.#smallestStride
    while (stride <= step && keptWith(stride, step) > this.#mostKept) stride *= 2
    return stride
  }
}

/** The step from which twice the stride is due. */
function rarerFrom(stride: number): number {
  return 2 * stride * keptPerOctave
}

/**
 * At most so many are kept at `step`: the birth, what is due where the stride is `stride` at least, powers of two, and the
 * newest.
 */
function keptWith(stride: number, step: number): number {
  let count = 1 + Math.floor(Math.log2(step)) + 1 + 1
  for (let [due, from] = [stride, 0]; ; due *= 2) {
    const until = 2 * due <= rarest ? Math.min(step, rarerFrom(due) - 1) : step
    count += Math.floor(until / due) - Math.floor(from / due)
    if (until === step) return count
    from = until
  }
}

function isPowerOfTwo(step: number): boolean {
  return step > 0 && Number.isInteger(Math.log2(step))
}
