import { npyTypeName } from '../../../numpy/npy-header.ts'
import type { PixelValues } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import type { OpeningStage } from '../../opening.ts'
import { type ElementReader, numberReader } from './element-reader.ts'
import { elementBytes, type NpyArray } from './npy-array.ts'
import { ElementWalk, type PictureLayout } from './picture-layout.ts'
import { pixelValues, type ValueRange } from './pixel-values.ts'

export interface PictureArray {
  readonly array: NpyArray
  readonly layout: PictureLayout
}

export interface ReadPictures {
  /** For each array uint8 [count, height, width, channels]. */
  readonly pixels: readonly Uint8Array[]
  /** Left out where the arrays hold bytes from 0 to 255. */
  readonly values?: PixelValues
}

/** The most one typed array can hold everywhere. */
const MAX_BYTES = 2 ** 32 - 1

/** How often the bytes of these arrays are read; `stage` of readPictures counts to so many bytes. */
export function passesOver({ header: { type } }: NpyArray): 1 | 2 {
  return isBytes(type) ? 1 : 2
}

function isBytes(type: NpyArray['header']['type']): boolean {
  return type.kind === 'u' && type.itemBytes === 1
}

/**
 * Reads arrays of pictures to bytes, all by the same rule (see pixelValues): other types than bytes are read twice, first
 * for their least and largest value. Throws DataError where they are not pixels, and on damage.
 */
export async function readPictures(pictures: readonly PictureArray[], stage: OpeningStage): Promise<ReadPictures> {
  const [first] = pictures as [PictureArray]
  const { type } = first.array.header
  for (const { array } of pictures) requireSameType(first.array, array)
  const read = numberReader(type)
  if (read === undefined) {
    throw new DataError(`${first.array.bytes.title} holds text instead of pictures; choose another file.`)
  }
  if (isBytes(type)) return readBytes(pictures, stage)
  const range = { least: Infinity, largest: -Infinity }
  for (const { array } of pictures) await widen(range, array, read, stage)
  const values = pixelValues(type, range)
  if (values === undefined) throw notPixels(first.array, range)
  const scale = 255 / (values.white - values.black)
  const pixels: Uint8Array[] = []
  for (const picture of pictures) {
    pixels.push(await convert(picture, stage, (view, at) => Math.round((read(view, at) - values.black) * scale)))
  }
  return { pixels, values }
}

function requireSameType(first: NpyArray, other: NpyArray): void {
  const [expected, found] = [npyTypeName(first.header.type), npyTypeName(other.header.type)]
  if (expected === found) return
  throw new DataError(
    `${other.bytes.title} holds ${found} but ${first.bytes.title} holds ${expected}; save both in the same type.`,
  )
}

async function readBytes(pictures: readonly PictureArray[], stage: OpeningStage): Promise<ReadPictures> {
  const pixels: Uint8Array[] = []
  for (const picture of pictures) pixels.push(await convert(picture, stage, (view, at) => view.getUint8(at)))
  if (pixels.some((part) => part.some((value) => value > 1))) return { pixels }
  for (const part of pixels) for (const [at, value] of part.entries()) part[at] = value * 255
  return { pixels, values: { dataType: 'uint8', black: 0, white: 1 } }
}

async function widen(
  range: { least: number; largest: number },
  array: NpyArray,
  read: ElementReader,
  stage: OpeningStage,
): Promise<void> {
  const { itemBytes } = array.header.type
  for await (const chunk of elementBytes(array)) {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    for (let at = 0; at < chunk.length; at += itemBytes) {
      const value = read(view, at)
      if (value < range.least) range.least = value
      if (value > range.largest) range.largest = value
      // Compares as neither less nor more, and must not pass for a pixel.
      if (Number.isNaN(value)) range.largest = Infinity
    }
    stage.advance(chunk.length)
  }
}

async function convert({ array, layout }: PictureArray, stage: OpeningStage, read: ElementReader): Promise<Uint8Array> {
  if (array.count > MAX_BYTES) {
    throw new DataError(
      `${array.bytes.title} holds ${array.count} pixels, more than the ${MAX_BYTES} that can be held at once; save fewer pictures, or as files in folders.`,
    )
  }
  const { itemBytes } = array.header.type
  // Clamped, so that what lies a little outside of the range becomes black or white.
  const pixels = new Uint8ClampedArray(array.count)
  const walk = new ElementWalk(layout.axes)
  for await (const chunk of elementBytes(array)) {
    const view = new DataView(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    let at = 0
    walk.advance(chunk.length / itemBytes, (position, length, stride) => {
      for (let element = 0, target = position; element < length; element++, target += stride, at += itemBytes) {
        pixels[target] = read(view, at)
      }
    })
    stage.advance(chunk.length)
  }
  return new Uint8Array(pixels.buffer)
}

function notPixels({ bytes, header }: NpyArray, { least, largest }: ValueRange): DataError {
  const isFinite = Number.isFinite(least) && Number.isFinite(largest)
  const found = isFinite ? `values from ${short(least)} to ${short(largest)}` : 'values that are no finite numbers'
  return new DataError(
    `${bytes.title} holds ${npyTypeName(header.type)} with ${found}, which are no pixels: save them as uint8 from 0 to 255, or as floats from 0 to 1.`,
  )
}

function short(value: number): string {
  return String(Number(value.toPrecision(4)))
}
