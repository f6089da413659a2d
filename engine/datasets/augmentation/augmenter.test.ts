import { describe, expect, it } from 'vitest'
import { type Augmentation, noAugmentation } from '../../protocol/augmentation.ts'
import { DataError } from '../dataset.ts'
import { createAugmenter } from './augmenter.ts'
import type { PictureSize } from './warp-picture.ts'

const grey: PictureSize = { width: 6, height: 5, channels: 1 }
const colour: PictureSize = { width: 6, height: 5, channels: 3 }

/** Every pixel another value, none at either end of the range. */
function ramp({ width, height, channels }: PictureSize): Uint8Array {
  return Uint8Array.from({ length: width * height * channels }, (_, at) => 40 + 2 * at)
}

function changed(wanted: Partial<Augmentation>, size: PictureSize, step = 3, position = 1, seed = 7): Uint8Array {
  const means = size.channels === 1 ? [0.5] : [0.2, 0.5, 0.8]
  const pixels = ramp(size)
  createAugmenter({ ...noAugmentation, ...wanted }, size, means, seed)?.(pixels, step, position)
  return pixels
}

/** What `wanted` makes of the picture in many steps. */
function draws(wanted: Partial<Augmentation>, size: PictureSize, count: number, picture = ramp(size)): Uint8Array[] {
  const augment = createAugmenter({ ...noAugmentation, ...wanted }, size, [0.2, 0.5, 0.8], 7)
  return Array.from({ length: count }, (_, step) => {
    const pixels = picture.slice()
    augment?.(pixels, step, 1)
    return pixels
  })
}

function moved(size: PictureSize, from: (x: number, y: number) => readonly [number, number]): Uint8Array {
  const { width, height, channels } = size
  const source = ramp(size)
  return Uint8Array.from({ length: source.length }, (_, at) => {
    const [pixel, channel] = [Math.floor(at / channels), at % channels]
    const [x, y] = from(pixel % width, Math.floor(pixel / width))
    const inside = (value: number, count: number) => Math.min(count - 1, Math.max(0, value))
    return source[(inside(y, height) * width + inside(x, width)) * channels + channel] as number
  })
}
const isEqual = (one: Uint8Array, other: Uint8Array) => Buffer.compare(one, other) === 0

describe('createAugmenter', () => {
  it('is nothing where nothing is to change', () => {
    expect(createAugmenter(undefined, grey, [0.5], 0)).toBeUndefined()
    expect(createAugmenter(noAugmentation, grey, [0.5], 0)).toBeUndefined()
  })

  it('changes a picture by seed, step and position alone', () => {
    const wanted = { shift: 2, rotation: 20, scale: 0.2, brightness: 0.3, noise: 0.1, cutout: 2 }
    const once = changed(wanted, colour)
    expect(changed(wanted, colour)).toEqual(once)
    expect(changed(wanted, colour, 4)).not.toEqual(once)
    expect(changed(wanted, colour, 3, 2)).not.toEqual(once)
    expect(changed(wanted, colour, 3, 1, 8)).not.toEqual(once)
  })

  it('leaves what a picture was drawn as when another kind of change joins in', () => {
    const [plain, covered] = [
      { shift: 2, rotation: 30 },
      { shift: 2, rotation: 30, cutout: 2 },
    ]
    const [one, other] = [changed(plain, grey), changed(covered, grey)]
    const different = one.filter((value, at) => value !== other[at])
    expect(different.length).toBeGreaterThan(0)
    expect(different.length).toBeLessThanOrEqual(4)
  })

  it.each([grey, colour])('mirrors about every other picture exactly, $channels channels', (size) => {
    const mirrored = moved(size, (x, y) => [size.width - 1 - x, y])
    const pictures = draws({ flipHorizontal: true }, size, 200)
    const flips = pictures.filter((picture) => isEqual(picture, mirrored)).length
    expect(pictures.every((picture) => isEqual(picture, mirrored) || isEqual(picture, ramp(size)))).toBe(true)
    // Of 200 tosses of a coin, outside of 65 to 135 lies less than one in a million.
    expect(flips).toBeGreaterThan(65)
    expect(flips).toBeLessThan(135)
  })

  it('turns upside down, and both ways', () => {
    const { width, height } = grey
    const ways = [
      ramp(grey),
      moved(grey, (x, y) => [width - 1 - x, y]),
      moved(grey, (x, y) => [x, height - 1 - y]),
      moved(grey, (x, y) => [width - 1 - x, height - 1 - y]),
    ]
    const pictures = draws({ flipHorizontal: true, flipVertical: true }, grey, 100)
    expect(ways.map((way) => pictures.some((picture) => isEqual(picture, way)))).toEqual([true, true, true, true])
    expect(pictures.every((picture) => ways.some((way) => isEqual(picture, way)))).toBe(true)
  })

  it('shifts by whole pixels both ways, and repeats the border', () => {
    const all = [-1, 0, 1].flatMap((right) => [-1, 0, 1].map((down) => moved(colour, (x, y) => [x - right, y - down])))
    const pictures = draws({ shift: 1 }, colour, 200)
    expect(all.map((way) => pictures.some((picture) => isEqual(picture, way)))).toEqual(all.map(() => true))
    expect(pictures.every((picture) => all.some((way) => isEqual(picture, way)))).toBe(true)
  })

  it('multiplies by a brightness within its bounds', () => {
    const before = ramp(colour)
    for (const picture of draws({ brightness: 0.25 }, colour, 30)) {
      const factor = (picture[0] as number) / (before[0] as number)
      expect(factor).toBeGreaterThan(0.73)
      expect(factor).toBeLessThan(1.27)
      for (const [at, value] of picture.entries()) {
        const expected = Math.min(255, factor * (before[at] as number))
        expect(Math.abs(value - expected)).toBeLessThan(
          0.5 + (0.5 * (before[at] as number)) / (before[0] as number) + 1,
        )
      }
    }
  })

  it('keeps the mean grey when contrast changes, and the grey of each pixel when saturation does', () => {
    const luma = (pixels: Uint8Array, at: number) =>
      0.299 * (pixels[at] as number) + 0.587 * (pixels[at + 1] as number) + 0.114 * (pixels[at + 2] as number)
    const lumas = (pixels: Uint8Array) =>
      Array.from({ length: pixels.length / 3 }, (_, pixel) => luma(pixels, 3 * pixel))
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
    const colourful = ramp(colour).map((_, at) => 60 + ((at * 53) % 90))
    const before = lumas(colourful)
    const [contrasts, saturations] = [{ contrast: 0.4 }, { saturation: 1 }].map((wanted) =>
      draws(wanted, colour, 20, colourful),
    )
    expect(new Set(contrasts?.map(String)).size).toBeGreaterThan(15)
    expect(new Set(saturations?.map(String)).size).toBeGreaterThan(15)
    for (const picture of contrasts ?? []) {
      expect(Math.abs(mean(lumas(picture)) - mean(before))).toBeLessThan(0.5)
    }
    for (const picture of saturations ?? []) {
      for (const [pixel, value] of lumas(picture).entries()) {
        expect(Math.abs(value - (before[pixel] as number))).toBeLessThan(0.6)
      }
    }
    expect(changed({ saturation: 1 }, grey)).toEqual(ramp(grey))
  })

  it('adds noise of its deviation that no picture shares with another', () => {
    const differences = draws({ noise: 0.04 }, colour, 100).map((picture) =>
      Array.from(picture, (value, at) => value - (ramp(colour)[at] as number)),
    )
    const all = differences.flat()
    const deviation = Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length)
    // 0.04 · 255, and the rounding; 9,000 values know it to within 4 %.
    expect(deviation).toBeGreaterThan(10.2 * 0.96)
    expect(deviation).toBeLessThan(10.2 * 1.04)
    expect(differences[0]).not.toEqual(differences[1])
  })

  it('covers a square with the mean of the training pictures, and no more of it than lies inside', () => {
    const cover = [51, 128, 204]
    const sizes = draws({ cutout: 3 }, colour, 100).map((picture) => {
      const covered = Array.from({ length: 30 }, (_, pixel) => pixel).filter((pixel) =>
        cover.every((value, channel) => picture[3 * pixel + channel] === value),
      )
      const xs = covered.map((pixel) => pixel % 6)
      const ys = covered.map((pixel) => Math.floor(pixel / 6))
      const [width, height] = [Math.max(...xs) - Math.min(...xs) + 1, Math.max(...ys) - Math.min(...ys) + 1]
      expect(covered).toHaveLength(width * height)
      const rest = picture.filter((_, at) => !covered.includes(Math.floor(at / 3)))
      expect(rest).toEqual(ramp(colour).filter((_, at) => !covered.includes(Math.floor(at / 3))))
      return `${width}×${height}`
    })
    expect(new Set(sizes)).toEqual(new Set(['3×3', '2×3', '3×2', '2×2']))
  })

  it('says what of it is too much for the pictures', () => {
    const create = (wanted: Partial<Augmentation>) => () =>
      createAugmenter({ ...noAugmentation, ...wanted }, grey, [0.5], 0)
    expect(create({ shift: 3 })).toThrow(DataError)
    expect(create({ shift: 3 })).toThrow(
      'A shift of up to 3 pixels can move most of a picture out of view; for pictures of 6×5 pixels allow at most 2.',
    )
    expect(create({ cutout: 5 })).toThrow(
      'A cutout of 5 pixels can cover whole pictures of 6×5 pixels; make it smaller than 5.',
    )
    expect(create({ shift: 2, cutout: 4 })).not.toThrow()
  })
})
