import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { encode as encodeBmp } from 'bmp-ts'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ImageSize } from '../protocol/settings.ts'
import { DataError } from './dataset.ts'
import { decodePictureFile, readPictureHeader, resizePixels } from './picture-file.ts'
import { hasSharedData, inTemporaryFolder, sharedData } from './test-data.ts'

const grey = (size: number, fit: ImageSize['fit'] = 'crop'): ImageSize => ({
  width: size,
  height: size,
  channels: 1,
  fit,
})
const colour = (width: number, height: number, fit: ImageSize['fit'] = 'crop'): ImageSize => ({
  width,
  height,
  channels: 3,
  fit,
})

/** Left half red, right half blue, `width`×`height`. */
function twoColours(width: number, height: number) {
  const pixels = Buffer.alloc(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    pixels[pixel * 3 + (pixel % width < width / 2 ? 0 : 2)] = 255
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
}

const pixelAt = (pixels: Uint8Array, width: number, x: number, y: number) => [
  ...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3),
]

/** A bottom-up BMP as the format's description has it, written without any library. */
function bmpBytes(width: number, height: number, bitsPerPixel: 8 | 24): Uint8Array {
  const paletteBytes = bitsPerPixel === 8 ? 1024 : 0
  const rowBytes = Math.ceil((width * bitsPerPixel) / 32) * 4
  const bytes = Buffer.alloc(54 + paletteBytes + rowBytes * height)
  bytes.write('BM', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length, 2)
  bytes.writeUInt32LE(54 + paletteBytes, 10)
  bytes.writeUInt32LE(40, 14)
  bytes.writeInt32LE(width, 18)
  bytes.writeInt32LE(height, 22)
  bytes.writeUInt16LE(1, 26)
  bytes.writeUInt16LE(bitsPerPixel, 28)
  // Palette entry 1 is orange, as blue, green, red.
  if (bitsPerPixel === 8) bytes.set([0, 128, 255], 54 + 4)
  const start = 54 + paletteBytes
  // Orange in the lower left corner, which is the first pixel of the file; black elsewhere.
  if (bitsPerPixel === 8) bytes[start] = 1
  else bytes.set([0, 128, 255], start)
  return bytes
}

describe('decodePictureFile', () => {
  it('reads every format it names to the same pixels', async () => {
    await inTemporaryFolder(async (folder) => {
      const picture = twoColours(16, 16)
      const bmp = await picture.clone().ensureAlpha().raw().toBuffer()
      const abgr = Buffer.from(bmp.map((_, position) => bmp[position - (position % 4) + 3 - (position % 4)] as number))
      const files: Record<string, Uint8Array> = {
        'a.png': await picture.clone().png().toBuffer(),
        'a.jpg': await picture.clone().jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer(),
        'a.webp': await picture.clone().webp({ lossless: true }).toBuffer(),
        'a.tiff': await picture.clone().tiff().toBuffer(),
        'a.gif': await picture.clone().gif().toBuffer(),
        'a.bmp': encodeBmp({ width: 16, height: 16, data: abgr, bitPP: 24 }).data,
        'misnamed.png': encodeBmp({ width: 16, height: 16, data: abgr, bitPP: 24 }).data,
      }
      for (const [name, bytes] of Object.entries(files)) {
        const path = join(folder, name)
        await writeFile(path, bytes)
        expect(await readPictureHeader(path), name).toMatchObject({ width: 16, height: 16, isGrey: false })
        const pixels = await decodePictureFile(path, colour(16, 16))
        expect(pixels, name).toHaveLength(16 * 16 * 3)
        for (const [x, wanted] of [
          [2, [255, 0, 0]],
          [13, [0, 0, 255]],
        ] as const) {
          const found = pixelAt(pixels, 16, x, 8)
          for (const channel of [0, 1, 2]) {
            expect(Math.abs((found[channel] as number) - (wanted[channel] as number)), name).toBeLessThanOrEqual(6)
          }
        }
      }
    })
  })

  it('reads BMP files with and without a palette, lowest row first', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const bitsPerPixel of [8, 24] as const) {
        const path = join(folder, `${bitsPerPixel}.bmp`)
        await writeFile(path, bmpBytes(5, 3, bitsPerPixel))
        expect(await readPictureHeader(path)).toEqual({ width: 5, height: 3, isGrey: false })
        const pixels = await decodePictureFile(path, colour(5, 3))
        expect(pixelAt(pixels, 5, 0, 2)).toEqual([255, 128, 0])
        expect(pixelAt(pixels, 5, 1, 2)).toEqual([0, 0, 0])
        expect(pixelAt(pixels, 5, 0, 0)).toEqual([0, 0, 0])
      }
    })
  })

  it('refuses a BMP whose header claims more than it holds before it reserves memory for it', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'huge.bmp')
      const bytes = Buffer.from(bmpBytes(5, 3, 24))
      bytes.writeInt32LE(12_000, 18)
      bytes.writeInt32LE(12_000, 22)
      await writeFile(path, bytes)
      await expect(decodePictureFile(path, grey(8))).rejects.toThrow(
        /claims 12000×12000 pixels, but it has only 102 bytes/,
      )
      bytes.writeInt32LE(2_000_000, 18)
      await writeFile(path, bytes)
      await expect(readPictureHeader(path)).rejects.toThrow(/claims 2000000×12000 pixels/)
      await writeFile(path, bmpBytes(5, 3, 24).subarray(0, 80))
      await expect(decodePictureFile(path, grey(8))).rejects.toThrow(DataError)
    })
  })

  it('takes the first frame of an animation', async () => {
    await inTemporaryFolder(async (folder) => {
      const frames = Buffer.concat([Buffer.alloc(8 * 8 * 3, 255), Buffer.alloc(8 * 8 * 3, 0)])
      const path = join(folder, 'a.gif')
      await sharp(frames, { raw: { width: 8, height: 16, channels: 3, pageHeight: 8 } })
        .gif({ delay: [100, 100] })
        .toFile(path)
      expect((await sharp(path).metadata()).pages).toBe(2)
      expect(await readPictureHeader(path)).toMatchObject({ width: 8, height: 8 })
      expect([...(await decodePictureFile(path, grey(4)))]).toEqual(new Array<number>(16).fill(255))
    })
  })

  it('turns a picture the way its camera noted', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'turned.jpg')
      await twoColours(32, 16).jpeg().withMetadata({ orientation: 6 }).toFile(path)
      expect(await readPictureHeader(path)).toMatchObject({ width: 16, height: 32 })
      const pixels = await decodePictureFile(path, colour(16, 32))
      // Turned by 90° clockwise, what was left is now above.
      expect(pixelAt(pixels, 16, 8, 4)[0]).toBeGreaterThan(200)
      expect(pixelAt(pixels, 16, 8, 28)[2]).toBeGreaterThan(200)
    })
  })

  it('crops, pads and stretches', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'wide.png')
      await twoColours(32, 16).png().toFile(path)
      const border = async (fit: ImageSize['fit']) => {
        const pixels = await decodePictureFile(path, colour(16, 16, fit))
        return {
          top: pixelAt(pixels, 16, 2, 0),
          left: pixelAt(pixels, 16, 0, 8),
          inner: pixelAt(pixels, 16, 3, 8),
        }
      }
      const red = [255, 0, 0]
      expect(await border('crop')).toEqual({ top: red, left: red, inner: red })
      expect(await border('pad')).toEqual({ top: [0, 0, 0], left: red, inner: red })
      expect(await border('stretch')).toEqual({ top: red, left: red, inner: red })
      // Cropping keeps the middle at its own scale, so the outer 8 columns of 32 go.
      const narrow = join(folder, 'marked.png')
      const marked = Buffer.alloc(32 * 16 * 3)
      for (let row = 0; row < 16; row++) marked.fill(255, row * 96, row * 96 + 8 * 3)
      await sharp(marked, { raw: { width: 32, height: 16, channels: 3 } })
        .png()
        .toFile(narrow)
      expect(Math.max(...(await decodePictureFile(narrow, grey(16, 'crop'))))).toBe(0)
      expect(Math.max(...(await decodePictureFile(narrow, grey(16, 'stretch'))))).toBe(255)
    })
  })

  it('puts transparency on black and brings 16-bit pictures to 8 bits', async () => {
    await inTemporaryFolder(async (folder) => {
      const clear = join(folder, 'clear.png')
      await sharp({ create: { width: 4, height: 4, channels: 4, background: { r: 200, g: 100, b: 50, alpha: 0 } } })
        .png()
        .toFile(clear)
      expect(Math.max(...(await decodePictureFile(clear, colour(4, 4))))).toBe(0)
      const deep = join(folder, 'deep.png')
      await sharp(new Uint16Array(16).fill(0x8080), { raw: { width: 4, height: 4, channels: 1 } })
        .toColourspace('grey16')
        .png()
        .toFile(deep)
      expect((await sharp(deep).metadata()).depth).toBe('ushort')
      expect(await readPictureHeader(deep)).toMatchObject({ isGrey: true })
      expect([...(await decodePictureFile(deep, grey(4)))]).toEqual(new Array<number>(16).fill(0x80))
    })
  })

  it('refuses what is no picture, cut short or not there, in one sentence', async () => {
    await inTemporaryFolder(async (folder) => {
      const text = join(folder, 'text.png')
      await writeFile(text, 'no picture at all')
      for (const read of [readPictureHeader, (path: string) => decodePictureFile(path, grey(4))]) {
        await expect(read(text)).rejects.toThrow(
          /text\.png cannot be read as a picture \(.+\); it is damaged or of another/,
        )
        await expect(read(join(folder, 'none.png'))).rejects.toThrow(/none\.png does not exist; check the path\./)
      }
      await expect(readPictureHeader(folder)).rejects.toThrow(/ cannot be read as a picture \(.+\); it is damaged/)
      const cut = join(folder, 'cut.png')
      const whole = await twoColours(64, 64).png({ compressionLevel: 0 }).toBuffer()
      await writeFile(cut, whole.subarray(0, whole.length / 2))
      await expect(decodePictureFile(cut, grey(4))).rejects.toThrow(DataError)
    })
  })

  it.skipIf(!hasSharedData)('refuses a JPEG that is cut short (needs the shared data)', async () => {
    const path = join(sharedData, 'malformed/datasets/truncated.jpg')
    expect(await readPictureHeader(path)).toMatchObject({ width: 335, height: 500 })
    await expect(decodePictureFile(path, colour(32, 32))).rejects.toThrow(/truncated\.jpg cannot be read as a picture/)
  })
})

describe('resizePixels', () => {
  it('leaves pixels of the wanted size as they are', async () => {
    const pixels = Uint8Array.from({ length: 28 * 28 }, (_, index) => (index * 31) % 256)
    const same = await resizePixels(pixels, { width: 28, height: 28, channels: 1 }, grey(28))
    expect(Buffer.compare(same, pixels)).toBe(0)
  })

  it('makes grey from colour and colour from grey', async () => {
    const bright = new Uint8Array(16).fill(77)
    expect([...(await resizePixels(bright, { width: 4, height: 4, channels: 1 }, colour(2, 2)))]).toEqual(
      new Array<number>(12).fill(77),
    )
    const three = new Uint8Array(48).fill(77)
    expect([...(await resizePixels(three, { width: 4, height: 4, channels: 3 }, grey(4)))]).toEqual(
      new Array<number>(16).fill(77),
    )
  })
})
