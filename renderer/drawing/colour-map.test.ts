import { describe, expect, it } from 'vitest'
import { divergingMap, greyMap, pixelToHex, SIGNED_HALF, viridisMap } from './colour-map.ts'
import { fromOklab, parseHex, toOklab } from './colour-space.ts'

function lightnessOf(pixel: number): number {
  return toOklab(parseHex(pixelToHex(pixel)))[0]
}

describe('OKLab', () => {
  it('has the published coordinates of red', () => {
    const [lightness, greenRed, blueYellow] = toOklab([1, 0, 0])
    expect(lightness).toBeCloseTo(0.62796, 4)
    expect(greenRed).toBeCloseTo(0.22486, 4)
    expect(blueYellow).toBeCloseTo(0.12585, 4)
  })

  it('returns to the same sRGB colour', () => {
    const colour = parseHex('#2f8ae0')
    fromOklab(toOklab(colour)).forEach((channel, index) => expect(channel).toBeCloseTo(colour[index] ?? 0, 4))
  })
})

describe('diverging map', () => {
  for (const theme of ['light', 'dark'] as const) {
    const { levels } = divergingMap(theme)

    it(`has one neutral in the middle, ${theme}`, () => {
      expect(levels.length).toBe(2 * SIGNED_HALF + 1)
      const neutral = toOklab(parseHex(pixelToHex(levels[SIGNED_HALF] ?? 0)))
      expect(Math.hypot(neutral[1], neutral[2])).toBeLessThan(0.01)
    })

    it(`changes lightness alike on both sides, ${theme}`, () => {
      for (let distance = 0; distance <= SIGNED_HALF; distance += 5) {
        const below = lightnessOf(levels[SIGNED_HALF - distance] ?? 0)
        const above = lightnessOf(levels[SIGNED_HALF + distance] ?? 0)
        expect(Math.abs(below - above)).toBeLessThan(0.02)
      }
    })

    it(`moves steadily away from the neutral, ${theme}`, () => {
      for (const direction of [-1, 1]) {
        let previous = lightnessOf(levels[SIGNED_HALF] ?? 0)
        for (let distance = 5; distance <= SIGNED_HALF; distance += 5) {
          const lightness = lightnessOf(levels[SIGNED_HALF + direction * distance] ?? 0)
          if (theme === 'light') expect(lightness).toBeLessThan(previous + 0.001)
          else expect(lightness).toBeGreaterThan(previous - 0.001)
          previous = lightness
        }
      }
    })

    it(`is blue below and orange above 0, ${theme}`, () => {
      const strongest = (level: number): number => toOklab(parseHex(pixelToHex(levels[level] ?? 0)))[2]
      expect(strongest(128)).toBeLessThan(-0.05)
      expect(strongest(382)).toBeGreaterThan(0.05)
    })
  }

  it('has a dark neutral in the dark theme and a light one in the light theme', () => {
    expect(lightnessOf(divergingMap('dark').levels[SIGNED_HALF] ?? 0)).toBeLessThan(0.3)
    expect(lightnessOf(divergingMap('light').levels[SIGNED_HALF] ?? 0)).toBeGreaterThan(0.9)
  })
})

describe('viridis', () => {
  const { levels } = viridisMap()

  it('passes near colours of the published table', () => {
    const published: [level: number, hex: string][] = [
      [0, '#440154'],
      [128, '#21918c'],
      [255, '#fde725'],
    ]
    for (const [level, hex] of published) {
      const ours = parseHex(pixelToHex(levels[level] ?? 0))
      parseHex(hex).forEach((channel, index) => expect(Math.abs((ours[index] ?? 0) - channel)).toBeLessThan(4 / 255))
    }
  })

  it('grows lighter with every level', () => {
    for (let level = 8; level < levels.length; level += 8) {
      expect(lightnessOf(levels[level] ?? 0)).toBeGreaterThan(lightnessOf(levels[level - 8] ?? 0))
    }
  })
})

it('shows grey pictures in their own screen values', () => {
  expect(pixelToHex(greyMap().levels[127] ?? 0)).toBe('#7f7f7f')
})
