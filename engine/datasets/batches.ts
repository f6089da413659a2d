import type { Augmenter } from './augmentation/augmenter.ts'
import { drawMixture, mixPicture } from './augmentation/mixup.ts'
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
  /** Where pictures are mixed: the class of the other one and the share of the picture itself, [count, batchSize] each. */
  readonly mixed?: { readonly labels: BigInt64Array; readonly shares: Float32Array } | undefined
}

export interface BatchSource {
  /** The batches of steps `step` … `step + count − 1`: a pure function of the seed and the step. Throws DataError. */
  take(step: number, count: number): Promise<TrainingBatches>
}

export interface BatchOptions extends OrderOptions {
  /** Left out: pictures are given as they are. */
  readonly augment?: Augmenter | undefined
  /** Mixes pictures in shares of Beta(mixup, mixup), see `drawMixture`; left out or 0: none. */
  readonly mixup?: number | undefined
}

/** Decoded pictures waiting for the steps ahead, at most so many bytes (but always one step). */
const READ_AHEAD_BYTES = 128 * 1024 * 1024

/** Gives batches of a split step by step. */
export function createBatchSource(samples: Samples, options: BatchOptions): BatchSource {
  const { batchSize, augment, mixup = 0 } = options
  const batchBytes = batchSize * samples.pictureBytes
  const indicesOf = createSampleOrder(samples.labels, options)
  const readDecoded = createReader(samples, batchBytes, indicesOf)
  const labelsOf = (indices: Uint32Array) =>
    BigInt64Array.from({ length: indices.length }, (_, at) => BigInt(samples.labels[indices[at] as number] as number))

  const mixAll = (pixels: Uint8Array, indices: Uint32Array, step: number, count: number) => {
    const others = new Uint32Array(indices.length)
    const shares = new Float32Array(indices.length)
    const before = new Uint8Array(batchBytes)
    for (let offset = 0; offset < count; offset++) {
      const mixture = drawMixture(mixup, options.seed, step + offset, batchSize)
      const batch = pictureAt(pixels, offset, batchBytes)
      before.set(batch)
      for (const [position, partner] of mixture.partners.entries()) {
        const own = pictureAt(batch, position, samples.pictureBytes)
        mixPicture(own, pictureAt(before, partner, samples.pictureBytes), mixture.shares[position] as number)
        others[offset * batchSize + position] = indices[offset * batchSize + partner] as number
      }
      shares.set(mixture.shares, offset * batchSize)
    }
    return { labels: labelsOf(others), shares }
  }
  return {
    async take(step, count) {
      const pixels = new Uint8Array(count * batchBytes)
      const indices = new Uint32Array(count * batchSize)
      for (let offset = 0; offset < count; offset++) indices.set(indicesOf(step + offset), offset * batchSize)
      if (samples.readNow) samples.readNow(indices, pixels)
      else await readDecoded(step, count, pixels)
      for (let at = 0; augment && at < indices.length; at++) {
        augment(pictureAt(pixels, at, samples.pictureBytes), step + Math.floor(at / batchSize), at % batchSize)
      }
      const mixed = mixup > 0 ? mixAll(pixels, indices, step, count) : undefined
      return { count, pixels, labels: labelsOf(indices), indices, mixed }
    },
  }
}

/** The first pictures of the batch of one step, as they are and as training sees them. */
export interface BatchBeginning {
  /** uint8 [pictures, H, W, C] each. */
  readonly originals: Uint8Array
  readonly pixels: Uint8Array
  readonly indices: Uint32Array
  /** Where pictures are mixed: the position within the split of the other one, and the share of the picture itself. */
  readonly mixed?: { readonly indices: Uint32Array; readonly shares: Float32Array } | undefined
}

/**
 * The first `count` pictures of the batch that `createBatchSource` gives for `step`, and of the rest only what they are
 * mixed with. Throws DataError.
 */
export async function readBatchBeginning(
  samples: Samples,
  options: BatchOptions,
  step: number,
  count: number,
): Promise<BatchBeginning> {
  const { augment, mixup = 0, seed } = options
  const bytes = samples.pictureBytes
  const batch = createSampleOrder(samples.labels, options)(step)
  const mixture = mixup > 0 ? drawMixture(mixup, seed, step, batch.length) : undefined
  const first = Uint32Array.from({ length: Math.min(count, batch.length) }, (_, position) => position)
  const read = async (positions: Uint32Array) => {
    const pixels = new Uint8Array(positions.length * bytes)
    await samples.read(
      positions.map((position) => batch[position] as number),
      pixels,
    )
    return pixels
  }
  const change = (pixels: Uint8Array, positions: Uint32Array) => {
    for (const [at, position] of positions.entries()) augment?.(pictureAt(pixels, at, bytes), step, position)
    return pixels
  }
  const originals = await read(first)
  const pixels = change(originals.slice(), first)
  const beginning = { originals, pixels, indices: batch.slice(0, count) }
  if (mixture === undefined) return beginning
  const partners = mixture.partners.subarray(0, first.length)
  const others = change(await read(partners), partners)
  for (const position of first) {
    const own = pictureAt(pixels, position, bytes)
    mixPicture(own, pictureAt(others, position, bytes), mixture.shares[position] as number)
  }
  const mixed = {
    indices: partners.map((position) => batch[position] as number),
    shares: mixture.shares.slice(0, first.length),
  }
  return { ...beginning, mixed }
}

function pictureAt(pixels: Uint8Array, index: number, bytes: number): Uint8Array {
  return pixels.subarray(index * bytes, (index + 1) * bytes)
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
