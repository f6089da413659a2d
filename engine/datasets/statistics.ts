/** Mean and standard deviation of each channel, of pixel values scaled to 0–1. */
export interface ChannelStatistics {
  readonly mean: readonly number[]
  readonly standardDeviation: readonly number[]
}

/** Counts pixel values, so that the statistics are exact and do not depend on the order pictures come in. */
export class PixelHistogram {
  readonly #channels: number
  readonly #counts: Float64Array

  constructor(channels: number) {
    this.#channels = channels
    this.#counts = new Float64Array(channels * 256)
  }

  /** Adds interleaved uint8 pixels [..., channels]. */
  add(pixels: Uint8Array): void {
    const counts = this.#counts
    const channels = this.#channels
    for (let channel = 0; channel < channels; channel++) {
      const base = channel * 256
      for (let position = channel; position < pixels.length; position += channels) {
        const bin = base + (pixels[position] as number)
        counts[bin] = (counts[bin] as number) + 1
      }
    }
  }

  statistics(): ChannelStatistics {
    const mean: number[] = []
    const standardDeviation: number[] = []
    for (let channel = 0; channel < this.#channels; channel++) {
      const counts = this.#counts.subarray(channel * 256, (channel + 1) * 256)
      const total = counts.reduce((sum, count) => sum + count, 0)
      const average = total === 0 ? 0 : counts.reduce((sum, count, value) => sum + count * value, 0) / total
      const squares = counts.reduce((sum, count, value) => sum + count * (value - average) ** 2, 0)
      mean.push(average / 255)
      standardDeviation.push(total === 0 ? 0 : Math.sqrt(squares / total) / 255)
    }
    return { mean, standardDeviation }
  }
}
