/** Smaller than the smallest picture there is a use for, so that a side is told from a number of channels. */
const SMALLEST_SIDE = 4

/** One axis of an array in the order of its elements on disk: how many, and how far apart in interleaved pictures. */
export interface Axis {
  readonly size: number
  readonly stride: number
}

/** How the elements of an array become pictures [count, height, width, channels]. */
export interface PictureLayout {
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: 1 | 3
  /** Slowest axis first. */
  readonly axes: readonly Axis[]
}

/**
 * Reads a shape as [N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or 3 channels; channels last where both would do.
 * undefined where it is none of these.
 */
export function pictureLayout(shape: readonly number[], fortranOrder: boolean): PictureLayout | undefined {
  const found = interpret(shape)
  if (found === undefined || found.count === 0) return undefined
  return fortranOrder ? { ...found, axes: found.axes.toReversed() } : found
}

function interpret(shape: readonly number[]): PictureLayout | undefined {
  const [count = 0, a = 0, b = 0, c = 0] = shape
  if (shape.length === 3) return sides(a, b) && layout(count, a, b, 1, 'last')
  if (shape.length !== 4) return undefined
  if (isChannels(c) && sides(a, b)) return layout(count, a, b, c, 'last')
  if (isChannels(a) && sides(b, c)) return layout(count, b, c, a, 'first')
  return undefined
}

function sides(height: number, width: number): true | undefined {
  return height >= SMALLEST_SIDE && width >= SMALLEST_SIDE ? true : undefined
}

function isChannels(size: number): size is 1 | 3 {
  return size === 1 || size === 3
}

function layout(count: number, height: number, width: number, channels: 1 | 3, place: 'first' | 'last'): PictureLayout {
  const rows = { size: height, stride: width * channels }
  const columns = { size: width, stride: channels }
  const planes = { size: channels, stride: 1 }
  const pictures = { size: count, stride: height * width * channels }
  const axes = place === 'last' ? [pictures, rows, columns, planes] : [pictures, planes, rows, columns]
  return { count, height, width, channels, axes }
}

/** Walks elements in their order on disk and says where each run of them goes. */
export class ElementWalk {
  readonly #axes: readonly Axis[]
  readonly #fastest: Axis
  readonly #at: number[]
  #position = 0

  constructor(axes: readonly Axis[]) {
    // An axis of one element only shortens the runs.
    this.#axes = axes.filter(({ size }) => size > 1)
    this.#fastest = this.#axes.at(-1) ?? { size: 1, stride: 1 }
    this.#at = this.#axes.map(() => 0)
  }

  /** The next `count` elements: `visit` hears of runs of `length` that lie `stride` apart from `position` on. */
  advance(count: number, visit: (position: number, length: number, stride: number) => void): void {
    const last = this.#axes.length - 1
    const { size, stride } = this.#fastest
    for (let left = count; left > 0;) {
      const done = this.#at[last] ?? 0
      const length = Math.min(left, size - done)
      visit(this.#position, length, stride)
      left -= length
      this.#position += length * stride
      if (last < 0) return
      this.#at[last] = done + length
      for (let axis = last; this.#at[axis] === this.#axes[axis]?.size; axis--) {
        const { size: whole, stride: step } = this.#axes[axis] as Axis
        this.#position -= whole * step
        this.#at[axis] = 0
        if (axis === 0) return
        this.#position += (this.#axes[axis - 1] as Axis).stride
        this.#at[axis - 1] = (this.#at[axis - 1] as number) + 1
      }
    }
  }
}
