import { encodePng } from './png.ts'

/** Slices beyond the strongest nine would be too small to see. */
export const SLICES_DRAWN = 9
/** Of a filter without space, as many weights in a square. */
export const WEIGHTS_DRAWN = 1024

/** A filter's picture: what it shows of the filter is said by `howDrawn`. */
export interface KernelImage {
  readonly width: number
  readonly height: number
  /** A PNG as a data: address. */
  readonly address: string
}

/** A sentence on how filters of [channels, height, width] are drawn. */
export function howDrawn([channels, height, width]: readonly [number, number, number]): string {
  const scale = 'Each picture has its own scale: blue for the most negative weight, orange for the most positive.'
  if (height * width === 1) {
    const part = channels > WEIGHTS_DRAWN ? `the first ${WEIGHTS_DRAWN} of ${channels}` : `${channels}`
    return `A picture shows ${part} weights, one for each input, row by row. ${scale}`
  }
  if (channels === 1) return `A picture shows the ${height}×${width} weights. ${scale}`
  if (channels === 3) return 'A picture shows the three slices as red, green and blue; grey is a weight of zero.'
  const shown = Math.min(SLICES_DRAWN, channels)
  return `A picture shows the ${shown} strongest of ${channels} slices, in the order of the channels. ${scale}`
}

/** The picture of one filter [channels, height, width]. */
export function kernelImage(values: Float32Array, shape: readonly [number, number, number]): KernelImage {
  const [channels, height, width] = shape
  if (height * width === 1) return pointImage(values)
  if (channels === 3) return colourImage(values, height, width)
  return slicesImage(values, strongestSlices(values, channels, height * width), height, width)
}

function pointImage(values: Float32Array): KernelImage {
  const count = Math.min(values.length, WEIGHTS_DRAWN)
  const columns = Math.ceil(Math.sqrt(count))
  const canvas = new Canvas(columns, Math.ceil(count / columns))
  const largest = largestOf(values.subarray(0, count))
  for (let k = 0; k < count; k++) {
    canvas.paint(k % columns, Math.floor(k / columns), signedColour((values[k] as number) / largest))
  }
  return canvas.image()
}

function colourImage(values: Float32Array, height: number, width: number): KernelImage {
  const canvas = new Canvas(width, height)
  const largest = largestOf(values)
  const level = (index: number) => Math.round(128 + (127 * (values[index] as number)) / largest)
  const area = height * width
  for (let k = 0; k < area; k++) {
    canvas.paint(k % width, Math.floor(k / width), [level(k), level(area + k), level(2 * area + k)])
  }
  return canvas.image()
}

/** Slices beside each other in a square, with a line between them. */
function slicesImage(values: Float32Array, slices: readonly number[], height: number, width: number): KernelImage {
  const columns = Math.ceil(Math.sqrt(slices.length))
  const rows = Math.ceil(slices.length / columns)
  const canvas = new Canvas(columns * (width + 1) - 1, rows * (height + 1) - 1)
  const largest = largestOf(values)
  slices.forEach((slice, place) => {
    const left = (place % columns) * (width + 1)
    const top = Math.floor(place / columns) * (height + 1)
    for (let k = 0; k < height * width; k++) {
      const value = (values[slice * height * width + k] as number) / largest
      canvas.paint(left + (k % width), top + Math.floor(k / width), signedColour(value))
    }
  })
  return canvas.image()
}

function strongestSlices(values: Float32Array, channels: number, area: number): number[] {
  const energies = Array.from({ length: channels }, (_, slice) =>
    values.subarray(slice * area, (slice + 1) * area).reduce((sum, value) => sum + value ** 2, 0),
  )
  const byEnergy = [...energies.keys()].sort((a, b) => (energies[b] as number) - (energies[a] as number))
  return byEnergy.slice(0, SLICES_DRAWN).sort((a, b) => a - b)
}

/** 1 where nothing is larger than 0, so that weights can be divided by it. */
function largestOf(values: Float32Array): number {
  const largest = values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0)
  return largest > 0 ? largest : 1
}

type Colour = readonly [red: number, green: number, blue: number]

const NEUTRAL: Colour = [0xf3, 0xf2, 0xef]
const NEGATIVE: readonly Colour[] = [NEUTRAL, [0x9c, 0xc3, 0xea], [0x3f, 0x86, 0xcf], [0x0a, 0x4a, 0x97]]
const POSITIVE: readonly Colour[] = [NEUTRAL, [0xf2, 0xb6, 0x85], [0xd4, 0x73, 0x1b], [0x8a, 0x3d, 0x00]]
const NOT_A_NUMBER: Colour = [0, 0, 0]
const BETWEEN: Colour = [0x8c, 0x8c, 0x8c]

/** From −1, blue, to 1, orange. */
function signedColour(value: number): Colour {
  if (!Number.isFinite(value)) return NOT_A_NUMBER
  const path = value < 0 ? NEGATIVE : POSITIVE
  const position = Math.min(1, Math.abs(value)) * (path.length - 1)
  const before = Math.min(Math.floor(position), path.length - 2)
  const [from, to] = [path[before] as Colour, path[before + 1] as Colour]
  const mix = (channel: 0 | 1 | 2) => Math.round(from[channel] + (position - before) * (to[channel] - from[channel]))
  return [mix(0), mix(1), mix(2)]
}

class Canvas {
  readonly #width: number
  readonly #height: number
  readonly #rgb: Uint8Array

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
    this.#rgb = new Uint8Array(3 * width * height)
    for (let pixel = 0; pixel < width * height; pixel++) this.#rgb.set(BETWEEN, 3 * pixel)
  }

  paint(x: number, y: number, colour: Colour): void {
    this.#rgb.set(colour, 3 * (y * this.#width + x))
  }

  image(): KernelImage {
    const file = encodePng(this.#width, this.#height, this.#rgb)
    return { width: this.#width, height: this.#height, address: `data:image/png;base64,${file.toString('base64')}` }
  }
}
