import { setImmediate } from 'node:timers/promises'
import type { XoOptions } from '../protocol/settings.ts'
import { type RandomStream, randomStream } from '../random/stream.ts'
import { DataError } from './dataset.ts'
import { type OpenOptions, OpeningStage } from './opening.ts'
import { PICTURE_MEMORY_BYTES } from './picture-memory.ts'
import type { PictureSource } from './picture-source.ts'

const DRAWN_BETWEEN_REPORTS = 256

/**
 * Draws one grey picture [size, size] of an X (even index) or an O (odd index): a white, anti-aliased stroke on black,
 * moved, turned and scaled at random, plus Gaussian noise. A pure function of the options and the index.
 */
export function drawXo(options: XoOptions, index: number, target: Uint8Array, offset: number): void {
  const { size, noise } = options
  const random = randomStream(options.seed, 'xo', index)
  const between = ([low, high]: readonly [number, number]) => low + (high - low) * random.uniform()
  const centreX = (size - 1) / 2 + between([-options.shift, options.shift])
  const centreY = (size - 1) / 2 + between([-options.shift, options.shift])
  const angle = (between([-options.rotation, options.rotation]) * Math.PI) / 180
  const halfWidth = between(options.lineWidth) / 2
  const radius = Math.max(0.5, (between(options.scale) * size) / 2 - halfWidth)
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const distance = index % 2 === 0 ? distanceToX : distanceToO
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const [x, y] = [column - centreX, row - centreY]
      const away = distance(cos * x + sin * y, cos * y - sin * x, radius)
      // Coverage of the pixel by the stroke, to first order: its edge passes within half a pixel of the middle.
      const ink = Math.min(1, Math.max(0, halfWidth + 0.5 - away))
      target[offset + row * size + column] = toByte(ink + noiseOf(random, noise))
    }
  }
}

/** An X reaches to the corners of the square that stands in the circle an O would be. */
function distanceToX(x: number, y: number, radius: number): number {
  const reach = radius * Math.SQRT1_2
  const [horizontal, vertical] = [Math.abs(x), Math.abs(y)]
  const along = Math.min(reach, (horizontal + vertical) / 2)
  return Math.hypot(horizontal - along, vertical - along)
}

function distanceToO(x: number, y: number, radius: number): number {
  return Math.abs(Math.hypot(x, y) - radius)
}

function noiseOf(random: RandomStream, deviation: number): number {
  return deviation === 0 ? 0 : deviation * random.normal()
}

function toByte(value: number): number {
  return Math.round(255 * Math.min(1, Math.max(0, value)))
}

/**
 * Generates the X-or-O pictures, drawn once into memory, or each time anew where they would take more than 512 MB.
 * Throws DataError where the largest symbol with its shift cannot show at all.
 */
export async function openXo(options: XoOptions, opening: OpenOptions): Promise<PictureSource> {
  const { size, count, scale, lineWidth } = options
  if (scale[0] > scale[1] || lineWidth[0] > lineWidth[1]) {
    const [name, range] = scale[0] > scale[1] ? ['scale', scale] : ['line width', lineWidth]
    throw new DataError(`X or O: the smallest ${name} ${range[0]} is above the largest ${range[1]}; exchange the two.`)
  }
  if (options.shift > size / 2) {
    throw new DataError(
      `X or O: a shift of ${options.shift} pixels moves symbols out of pictures of ${size}×${size}; choose at most ${Math.floor(size / 2)}.`,
    )
  }
  const bytes = size * size
  const drawn = count * bytes <= PICTURE_MEMORY_BYTES ? await drawAll(options, opening) : undefined
  return {
    format: 'xo',
    title: 'X or O',
    classNames: ['X', 'O'],
    labels: Uint16Array.from({ length: count }, (_, index) => index % 2),
    splitOf: () => 'train',
    given: { validation: false, test: false },
    image: { width: size, height: size, channels: 1, fit: 'crop' },
    originalSizes: [{ width: size, height: size, count }],
    problems: [],
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        if (drawn) target.set(drawn.subarray(index * bytes, (index + 1) * bytes), offset)
        else drawXo(options, index, target, offset)
      },
    },
    pathOf: () => 'X or O',
    originOf: (index) => `${index % 2 === 0 ? 'X' : 'O'} #${index}`,
  }
}

async function drawAll(options: XoOptions, opening: OpenOptions): Promise<Uint8Array> {
  const bytes = options.size * options.size
  const pixels = new Uint8Array(options.count * bytes)
  const stage = new OpeningStage('Drawing X and O', options.count, opening)
  for (let start = 0; start < options.count; start += DRAWN_BETWEEN_REPORTS) {
    const end = Math.min(start + DRAWN_BETWEEN_REPORTS, options.count)
    for (let index = start; index < end; index++) drawXo(options, index, pixels, index * bytes)
    // Lets a wish to cancel in.
    await setImmediate()
    stage.advance(end - start)
  }
  return pixels
}
