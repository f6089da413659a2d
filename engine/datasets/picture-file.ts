import { open, readFile } from 'node:fs/promises'
import { decode as decodeBmp } from 'bmp-ts'
import sharp, { type Sharp } from 'sharp'
import type { ImageSize } from '../protocol/settings.ts'
import { DataError } from './dataset.ts'

// Many small pictures: one thread each, several at a time (libuv's pool); libvips' own cache would only hold them twice.
sharp.concurrency(1)
sharp.cache(false)

/** How many pictures to have under way: enough to keep libuv's four threads busy. */
export const DECODES_UNDER_WAY = 8

/** Pixels sharp itself accepts of one picture; our own BMP reader keeps to the same bound. */
const PIXEL_LIMIT = 0x3fff * 0x3fff

/** Up to and with the field that says how it is compressed. */
const BMP_HEADER_BYTES = 34

export interface PictureHeader {
  /** As shown, after the orientation a camera noted. */
  readonly width: number
  readonly height: number
  readonly isGrey: boolean
}

/**
 * Size and colour from the header of a picture file, no pixel decoded. `bytes` are its content where it lies inside of
 * another file; `path` is then only what it is called. Throws DataError where it is no picture.
 */
export async function readPictureHeader(path: string, bytes?: Uint8Array): Promise<PictureHeader> {
  try {
    const { autoOrient, space } = await sharp(bytes ?? path).metadata()
    return { ...autoOrient, isGrey: space === 'b-w' || space === 'grey16' }
  } catch (error) {
    const bmp = await readBmpHeader(path, bytes)
    if (bmp === undefined) throw unreadable(path, error)
    return { ...bmp, isGrey: false }
  }
}

/**
 * Decodes a picture file (PNG, JPEG, WebP, TIFF, BMP; the first frame of a GIF) to uint8 [height, width, channels] of
 * the given size. Transparency lies on black. `bytes` as above. Throws DataError where it is no picture or a damaged one.
 */
export async function decodePictureFile(path: string, image: ImageSize, bytes?: Uint8Array): Promise<Uint8Array> {
  try {
    // Nothing is awaited before: the whole decoding is handed to sharp's threads at once and goes on there while the
    // calling thread is busy.
    return await bringToSize(sharp(bytes ?? path, { failOn: 'error' }).autoOrient(), image)
  } catch (error) {
    const bmp = await readBmpHeader(path, bytes)
    if (bmp === undefined) throw unreadable(path, error)
    return bringToSize(await openBmp(path, bytes, bmp), image)
  }
}

/** Brings raw uint8 pixels [from.height, from.width, from.channels] to another size or number of channels. */
export function resizePixels(
  pixels: Uint8Array,
  from: { readonly width: number; readonly height: number; readonly channels: 1 | 3 },
  image: ImageSize,
): Promise<Uint8Array> {
  return bringToSize(sharp(pixels, { raw: { ...from } }), image)
}

const sharpFits = { crop: 'cover', pad: 'contain', stretch: 'fill' } as const

async function bringToSize(picture: Sharp, image: ImageSize): Promise<Uint8Array> {
  const background = { r: 0, g: 0, b: 0 }
  const { data, info } = await picture
    .flatten({ background })
    .resize({ width: image.width, height: image.height, fit: sharpFits[image.fit], position: 'centre', background })
    .toColourspace(image.channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== image.channels) {
    throw new Error(`the decoder gave ${info.channels} channels instead of ${image.channels}`)
  }
  return data
}

interface BmpHeader {
  readonly width: number
  readonly height: number
}

/** Width and height where the file begins like a BMP, which sharp cannot read, otherwise undefined. */
async function readBmpHeader(path: string, bytes: Uint8Array | undefined): Promise<BmpHeader | undefined> {
  const { start, size } = bytes
    ? { start: Buffer.from(bytes.subarray(0, BMP_HEADER_BYTES)), size: bytes.length }
    : await readStart(path).catch((error: unknown) => {
        throw unreadable(path, error)
      })
  if (start.length < BMP_HEADER_BYTES || start.toString('latin1', 0, 2) !== 'BM') return undefined
  const width = start.readInt32LE(18)
  // A negative height says that the first row in the file is the upper one.
  const height = Math.abs(start.readInt32LE(22))
  const bitsPerPixel = start.readUInt16LE(28)
  const compression = start.readUInt32LE(30)
  const isRunLengthCoded = compression === 1 || compression === 2
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4
  if (width < 1 || height < 1 || width * height > PIXEL_LIMIT) {
    throw unreadable(path, new Error(`its header claims ${width}×${height} pixels`))
  }
  if (!isRunLengthCoded && rowBytes * height > size) {
    throw unreadable(path, new Error(`its header claims ${width}×${height} pixels, but it has only ${size} bytes`))
  }
  return { width, height }
}

async function readStart(path: string): Promise<{ start: Buffer; size: number }> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(BMP_HEADER_BYTES), 0, BMP_HEADER_BYTES, 0)
    const { size } = await file.stat()
    return { start: buffer.subarray(0, bytesRead), size }
  } finally {
    await file.close()
  }
}

async function openBmp(path: string, bytes: Uint8Array | undefined, { width, height }: BmpHeader): Promise<Sharp> {
  const data = await Promise.resolve(bytes ?? readFile(path))
    .then((content) => decodeBmp(Buffer.from(content)).data)
    .catch((error: unknown) => {
      throw unreadable(path, error)
    })
  const rgb = new Uint8Array(width * height * 3)
  // The decoder gives alpha, blue, green, red; BMP alpha is unused by nearly every writer and ignored here.
  for (let pixel = 0; pixel < width * height; pixel++) {
    rgb[pixel * 3] = data[pixel * 4 + 3] as number
    rgb[pixel * 3 + 1] = data[pixel * 4 + 2] as number
    rgb[pixel * 3 + 2] = data[pixel * 4 + 1] as number
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } })
}

function unreadable(path: string, error: unknown): DataError {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return new DataError(`${path} does not exist; check the path.`, { cause: error })
  }
  const cause = error instanceof Error ? error.message.trim().split('\n')[0] : String(error)
  return new DataError(`${path} cannot be read as a picture (${cause}); it is damaged or of another format.`, {
    cause: error,
  })
}
