import { randomStream, shuffledIndices } from '../random/stream.ts'
import type { Augmenter } from './augmentation/augmenter.ts'
import type { Samples } from './dataset.ts'

/** Pictures of several training steps. */
export interface TrainingBatches {
  /** How many steps. */
  readonly count: number
  /** uint8 [count, batchSize, H, W, C]. */
  readonly pixels: Uint8Array
  /** Class indices, int64 [count, batchSize]. */
  readonly labels: BigInt64Array
  /** Position of each picture within the split, [count, batchSize]. */
  readonly indices: Uint32Array
}

export interface BatchSource {
  /** The batches of steps `step` … `step + count − 1`: a pure function of the seed and the step. Throws DataError. */
  take(step: number, count: number): Promise<TrainingBatches>
}

export interface BatchOptions {
  readonly batchSize: number
  /** batchSize · stepsPerEpoch may be less than all pictures: those over are another epoch's. */
  readonly stepsPerEpoch: number
  readonly seed: number
  /** Left out: pictures are given as they are. */
  readonly augment?: Augmenter | undefined
}

/** Decoded pictures waiting for the steps ahead, at most so many bytes (but always one step). */
const READ_AHEAD_BYTES = 128 * 1024 * 1024

/** The order in which the pictures of one epoch come. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return shuffledIndices(count, randomStream(seed, 'shuffle', epoch))
}

/**
 * Gives batches of a split step by step.
 * Pictures in memory are copied when they are taken. Pictures that must be decoded are asked for as many steps ahead as
 * were taken: sharp's threads decode them while the caller's thread is inside a native run, which needs no thread of
 * ours, because a decoding once begun comes back to JavaScript only when it is complete.
 */
export function createBatchSource(samples: Samples, options: BatchOptions): BatchSource {
  const { batchSize, stepsPerEpoch, seed } = options
  const batchBytes = batchSize * samples.pictureBytes
  const orders = new Map<number, Uint32Array>()
  const ahead = new Map<number, Promise<Uint8Array>>()

  const orderOf = (epoch: number) => {
    const known = orders.get(epoch)
    if (known !== undefined) return known
    // Reading ahead crosses from one epoch into the next; no other is needed at the same time.
    for (const other of orders.keys()) if (Math.abs(other - epoch) > 1) orders.delete(other)
    const order = epochOrder(seed, epoch, samples.count)
    orders.set(epoch, order)
    return order
  }
  const indicesOf = (step: number) => {
    const start = (step % stepsPerEpoch) * batchSize
    return orderOf(Math.floor(step / stepsPerEpoch)).subarray(start, start + batchSize)
  }
  const startReading = (step: number) => {
    const known = ahead.get(step)
    if (known !== undefined) return known
    const pixels = new Uint8Array(batchBytes)
    const reading = samples.read(indicesOf(step), pixels).then(() => pixels)
    // An error belongs to whoever takes this step; without this it would end the process before that.
    reading.catch(() => undefined)
    ahead.set(step, reading)
    return reading
  }
  const readDecoded = async (step: number, count: number, pixels: Uint8Array) => {
    const allowed = Math.max(1, Math.floor(READ_AHEAD_BYTES / batchBytes))
    const last = step + count + Math.min(count, allowed)
    for (const other of ahead.keys()) if (other < step || other >= last) ahead.delete(other)
    const wanted = Array.from({ length: count }, (_, offset) => startReading(step + offset))
    for (const [offset, reading] of wanted.entries()) {
      pixels.set(await reading, offset * batchBytes)
      ahead.delete(step + offset)
    }
    for (let next = step + count; next < last; next++) void startReading(next)
  }

  return {
    async take(step, count) {
      const pixels = new Uint8Array(count * batchBytes)
      const indices = new Uint32Array(count * batchSize)
      for (let offset = 0; offset < count; offset++) indices.set(indicesOf(step + offset), offset * batchSize)
      if (samples.readNow) samples.readNow(indices, pixels)
      else await readDecoded(step, count, pixels)
      if (options.augment) changePictures(pixels, samples.pictureBytes, step, batchSize, options.augment)
      const labels = new BigInt64Array(indices.length)
      for (const [position, index] of indices.entries()) labels[position] = BigInt(samples.labels[index] as number)
      return { count, pixels, labels, indices }
    },
  }
}

function changePictures(
  pixels: Uint8Array,
  pictureBytes: number,
  firstStep: number,
  batchSize: number,
  augment: Augmenter,
): void {
  for (let at = 0; at * pictureBytes < pixels.length; at++) {
    const picture = pixels.subarray(at * pictureBytes, (at + 1) * pictureBytes)
    augment(picture, firstStep + Math.floor(at / batchSize), at % batchSize)
  }
}
