import type { Augmenter } from './augmentation/augmenter.ts'
import type { Samples } from './dataset.ts'
import { type OrderOptions, type SampleOrder, createSampleOrder } from './sample-order.ts'

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

export interface BatchOptions extends OrderOptions {
  /** Left out: pictures are given as they are. */
  readonly augment?: Augmenter | undefined
}

/** Decoded pictures waiting for the steps ahead, at most so many bytes (but always one step). */
const READ_AHEAD_BYTES = 128 * 1024 * 1024

/** Gives batches of a split step by step. */
export function createBatchSource(samples: Samples, options: BatchOptions): BatchSource {
  const { batchSize, augment } = options
  const indicesOf = createSampleOrder(samples.labels, options)
  const readDecoded = createReader(samples, batchSize * samples.pictureBytes, indicesOf)
  return {
    async take(step, count) {
      const pixels = new Uint8Array(count * batchSize * samples.pictureBytes)
      const indices = new Uint32Array(count * batchSize)
      for (let offset = 0; offset < count; offset++) indices.set(indicesOf(step + offset), offset * batchSize)
      if (samples.readNow) samples.readNow(indices, pixels)
      else await readDecoded(step, count, pixels)
      for (let offset = 0; augment && offset < count; offset++) {
        changePictures(pictureAt(pixels, offset, batchSize * samples.pictureBytes), samples, step + offset, augment)
      }
      const labels = new BigInt64Array(indices.length)
      for (const [position, index] of indices.entries()) labels[position] = BigInt(samples.labels[index] as number)
      return { count, pixels, labels, indices }
    },
  }
}

/** The first pictures of the batch of one step, as they are and as training sees them. */
export interface BatchBeginning {
  /** uint8 [pictures, H, W, C] each. */
  readonly originals: Uint8Array
  readonly pixels: Uint8Array
  readonly indices: Uint32Array
}

/** The first `count` pictures of the batch that `createBatchSource` gives for `step`, without the rest. Throws DataError. */
export async function readBatchBeginning(
  samples: Samples,
  options: BatchOptions,
  step: number,
  count: number,
): Promise<BatchBeginning> {
  const indices = createSampleOrder(samples.labels, options)(step).slice(0, count)
  const originals = new Uint8Array(indices.length * samples.pictureBytes)
  await samples.read(indices, originals)
  const pixels = originals.slice()
  if (options.augment) changePictures(pixels, samples, step, options.augment)
  return { originals, pixels, indices }
}

function pictureAt(pixels: Uint8Array, index: number, bytes: number): Uint8Array {
  return pixels.subarray(index * bytes, (index + 1) * bytes)
}

/** Changes the pictures of one batch from its first on. */
function changePictures(pixels: Uint8Array, { pictureBytes }: Samples, step: number, augment: Augmenter): void {
  for (let position = 0; position * pictureBytes < pixels.length; position++) {
    augment(pictureAt(pixels, position, pictureBytes), step, position)
  }
}

/**
 * Reads pictures that must be decoded: they are asked for as many steps ahead as were taken. sharp's threads decode them
 * while the caller's thread is inside a native run, which needs no thread of ours, because a decoding once begun comes
 * back to JavaScript only when it is complete.
 */
function createReader(
  samples: Samples,
  batchBytes: number,
  indicesOf: SampleOrder,
): (step: number, count: number, pixels: Uint8Array) => Promise<void> {
  const ahead = new Map<number, Promise<Uint8Array>>()
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
  return async (step, count, pixels) => {
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
}
