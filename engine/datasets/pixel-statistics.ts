import { setImmediate } from 'node:timers/promises'
import { randomStream, shuffledIndices } from '../random/stream.ts'
import type { Samples } from './dataset.ts'
import { type OpenOptions, OpeningStage } from './opening.ts'

/** Of each pixel of all pictures, position and channel [H,W,C]: mean and standard deviation of its values, 0–255. */
export interface PixelStatistics {
  readonly mean: Float32Array
  readonly standardDeviation: Float32Array
}

/** Pictures that must be decoded first are too many to all be measured: so many give the mean to well below 1 %. */
const MEASURED_AT_MOST = 2000

const READ_AT_ONCE = 256

/** Which pictures are measured: all where they lie in memory, at most 2,000 drawn with the seed where they are decoded. */
export function measuredPositions(samples: Samples, seed: number): Uint32Array {
  if (samples.readNow || samples.count <= MEASURED_AT_MOST) {
    return Uint32Array.from({ length: samples.count }, (_, position) => position)
  }
  return shuffledIndices(samples.count, randomStream(seed, 'statistics')).subarray(0, MEASURED_AT_MOST)
}

/** Reads the measured pictures, in parts: uint8 [count, H, W, C] each. Throws DataError, or OpeningCancelledError after the signal. */
export async function forMeasuredPictures(
  samples: Samples,
  seed: number,
  stageName: string,
  options: OpenOptions,
  use: (pixels: Uint8Array) => void,
): Promise<void> {
  const positions = measuredPositions(samples, seed)
  const stage = new OpeningStage(stageName, positions.length, options)
  const pixels = new Uint8Array(Math.min(READ_AT_ONCE, positions.length) * samples.pictureBytes)
  for (let start = 0; start < positions.length; start += READ_AT_ONCE) {
    const part = positions.subarray(start, start + READ_AT_ONCE)
    await samples.read(part, pixels)
    use(pixels.subarray(0, part.length * samples.pictureBytes))
    // Lets a wish to cancel in.
    await setImmediate()
    stage.advance(part.length)
  }
}

/** Measures every pixel of the pictures. Throws DataError, or OpeningCancelledError after the signal. */
export async function measurePixels(samples: Samples, seed: number, options: OpenOptions): Promise<PixelStatistics> {
  const size = samples.pictureBytes
  const sums = new Float64Array(size)
  const squares = new Float64Array(size)
  let count = 0
  await forMeasuredPictures(samples, seed, 'Measuring pixels', options, (pixels) => {
    for (let start = 0; start < pixels.length; start += size) {
      for (let at = 0; at < size; at++) {
        const value = pixels[start + at] as number
        sums[at] = (sums[at] as number) + value
        squares[at] = (squares[at] as number) + value * value
      }
      count++
    }
  })
  const mean = new Float32Array(size)
  const standardDeviation = new Float32Array(size)
  for (let at = 0; at < size && count > 0; at++) {
    const average = (sums[at] as number) / count
    mean[at] = average
    // Sums of whole numbers are exact, so that a pixel that never changes has a deviation of exactly 0.
    standardDeviation[at] = Math.sqrt(Math.max(0, (squares[at] as number) / count - average * average))
  }
  return { mean, standardDeviation }
}
