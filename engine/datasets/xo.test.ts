import { describe, expect, it } from 'vitest'
import { xoOptionsSchema } from '../protocol/settings.ts'
import { openDataset } from './open-dataset.ts'
import { xoSettings } from './test-data.ts'
import { drawXo } from './xo.ts'

const plain = xoOptionsSchema.parse({ noise: 0, shift: 0, rotation: 0, scale: [0.8, 0.8], lineWidth: [3, 3] })

function draw(options: typeof plain, index: number): Uint8Array {
  const pixels = new Uint8Array(options.size * options.size)
  drawXo(options, index, pixels, 0)
  return pixels
}

describe('drawXo', () => {
  const at = (pixels: Uint8Array, x: number, y: number) => pixels[y * 28 + x]

  it('draws an X through the middle and an O around it', () => {
    const [x, o] = [draw(plain, 0), draw(plain, 1)]
    expect(at(x, 14, 14)).toBe(255)
    expect(at(o, 14, 14)).toBe(0)
    // The ring has a radius of 0.8 · 28 / 2 − 1.5 = 9.7 around (13.5, 13.5).
    expect(at(o, 23, 13)).toBe(255)
    expect(at(x, 23, 13)).toBe(0)
    // The arms of the X end on that circle, on the diagonal.
    expect(at(x, 19, 19)).toBe(255)
    expect(at(x, 24, 24)).toBe(0)
    expect(at(x, 0, 0)).toBe(0)
  })

  it('has soft edges', () => {
    for (const index of [0, 1]) {
      const between = draw({ ...plain, rotation: 10 }, index).filter((value) => value > 0 && value < 255)
      expect(between.length).toBeGreaterThan(20)
    }
  })

  it('is a pure function of the options and the index', () => {
    const options = xoOptionsSchema.parse({})
    const first = draw(options, 17)
    draw(options, 3)
    expect(draw(options, 17)).toEqual(first)
    expect(draw({ ...options, seed: 1 }, 17)).not.toEqual(first)
    const pictures = new Set(
      Array.from({ length: 100 }, (_, index) => Buffer.from(draw(options, index)).toString('hex')),
    )
    expect(pictures.size).toBe(100)
  })

  it('adds noise of the wanted size', () => {
    const grey = draw({ ...plain, noise: 0.05 }, 1)
    const ink = draw(plain, 1)
    // In the black middle half of the noise is cut off at 0; the mean of what stays is σ / √(2π).
    const dark = grey.filter((_, position) => ink[position] === 0)
    const mean = dark.reduce((sum, value) => sum + value, 0) / dark.length / 255
    expect(mean).toBeGreaterThan(0.8 * (0.05 / Math.sqrt(2 * Math.PI)))
    expect(mean).toBeLessThan(1.2 * (0.05 / Math.sqrt(2 * Math.PI)))
  })
})

describe('the X-or-O data set', () => {
  it('is balanced, split and named', async () => {
    const { summary } = await openDataset(xoSettings({ count: 200 }, { testShare: 0.2, validationShare: 0.1 }))
    expect(summary).toMatchObject({
      format: 'xo',
      title: 'X or O',
      classes: [
        { name: 'X', train: 72, validation: 8, test: 20 },
        { name: 'O', train: 72, validation: 8, test: 20 },
      ],
      image: { width: 28, height: 28, channels: 1 },
      testSetGiven: false,
    })
  })

  it('refuses options that contradict themselves', async () => {
    await expect(openDataset(xoSettings({ scale: [0.8, 0.5] }))).rejects.toThrow(
      'X or O: the smallest scale 0.8 is above the largest 0.5; exchange the two.',
    )
    await expect(openDataset(xoSettings({ size: 20, shift: 15 }))).rejects.toThrow(/a shift of 15 pixels/)
  })
})
