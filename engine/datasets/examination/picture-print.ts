import { createHash } from 'node:crypto'
import type { PictureSize } from '../augmentation/warp-picture.ts'

/** Cells of the grey copy that is hashed: one column more than bits of a row. */
const [COLUMNS, ROWS] = [9, 8]

/** Two hashes that differ in at most so many of 64 bits may be of the same picture. */
const MOST_DIFFERENT_BITS = 4

/** Side of a finer grey copy, which the two must also have in common: simple shapes share a hash with many others. */
const SIDE = 16
const CELLS = SIDE * SIDE
const LEAST_CORRELATION = 0.995

/** What is kept of many pictures, to find those that are the same or nearly so. */
export class PicturePrints {
  readonly #exact: string[] = []
  readonly #hashes: Uint32Array
  readonly #copies: Uint8Array

  constructor(count: number) {
    this.#hashes = new Uint32Array(2 * count)
    this.#copies = new Uint8Array(CELLS * count)
  }

  /** Takes in the picture of number `index`, uint8 [H, W, C]. */
  set(index: number, pixels: Uint8Array, size: PictureSize): void {
    this.#exact[index] = createHash('sha1').update(pixels).digest('base64')
    this.#hashes.set(differenceHash(greyCells(pixels, size, COLUMNS, ROWS)), 2 * index)
    this.#copies.set(greyCells(pixels, size, SIDE, SIDE).map(Math.round), CELLS * index)
  }

  /** Equal for pictures with the very same pixels, and for no others. */
  exactOf(index: number): string {
    return this.#exact[index] as string
  }

  /** The first of the pictures 0 … count − 1 that is nearly the same as `index`; −1 where none is. */
  nearest(index: number, count: number): number {
    const [first, second] = [this.#hashes[2 * index] as number, this.#hashes[2 * index + 1] as number]
    for (let other = 0; other < count; other++) {
      const different = bitsIn(first ^ (this.#hashes[2 * other] as number))
      if (different > MOST_DIFFERENT_BITS) continue
      if (different + bitsIn(second ^ (this.#hashes[2 * other + 1] as number)) > MOST_DIFFERENT_BITS) continue
      if (this.#correlation(index, other) >= LEAST_CORRELATION) return other
    }
    return -1
  }

  /** Pearson's, of the grey copies; 0 where one of them is of one grey. */
  #correlation(one: number, other: number): number {
    let [sumA, sumB, squareA, squareB, product] = [0, 0, 0, 0, 0]
    for (let cell = 0; cell < CELLS; cell++) {
      const a = this.#copies[CELLS * one + cell] as number
      const b = this.#copies[CELLS * other + cell] as number
      sumA += a
      sumB += b
      squareA += a * a
      squareB += b * b
      product += a * b
    }
    const spread = (CELLS * squareA - sumA * sumA) * (CELLS * squareB - sumB * sumB)
    return spread === 0 ? 0 : (CELLS * product - sumA * sumB) / Math.sqrt(spread)
  }
}

/** The mean grey of each cell of a grid over the picture. */
function greyCells(
  pixels: Uint8Array,
  { width, height, channels }: PictureSize,
  columns: number,
  rows: number,
): Float32Array {
  const cells = new Float32Array(columns * rows)
  const bounds = (cell: number, of: number, size: number): [number, number] => {
    const from = Math.floor((cell * size) / of)
    return [from, Math.max(from + 1, Math.floor(((cell + 1) * size) / of))]
  }
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = bounds(row, rows, height)
    for (let column = 0; column < columns; column++) {
      const [left, right] = bounds(column, columns, width)
      let sum = 0
      for (let y = top; y < bottom; y++) {
        const end = (y * width + right) * channels
        for (let at = (y * width + left) * channels; at < end; at++) sum += pixels[at] as number
      }
      cells[row * columns + column] = sum / ((bottom - top) * (right - left) * channels)
    }
  }
  return cells
}

/** 64 bits, each whether a cell is brighter than the one right of it (Krawetz 2013, "dHash"). */
function differenceHash(cells: Float32Array): [number, number] {
  const words: [number, number] = [0, 0]
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column + 1 < COLUMNS; column++) {
      const at = row * COLUMNS + column
      const bit = (cells[at] as number) > (cells[at + 1] as number) ? 1 : 0
      const word = row < ROWS / 2 ? 0 : 1
      words[word] = (words[word] << 1) | bit
    }
  }
  return words
}

function bitsIn(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
