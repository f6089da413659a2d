import { describe, expect, it } from 'vitest'
import { divergingMap, NOT_A_NUMBER_PIXEL, pixelToHex, SIGNED_HALF, viridisMap } from './colour-map.ts'
import { paintComposite, paintPlane } from './tile-pixels.ts'
import { ownScale, paintTile, scaleOfFilter } from './wall-content.ts'
import type { WallContent } from './wall-content.ts'

const diverging = divergingMap('light')

describe('paintPlane', () => {
  it('puts 0 on the neutral and the limits on the ends', () => {
    const pixels = new Uint32Array(4)
    const values = Float32Array.of(0, 2, -2, 9)
    paintPlane({ pixels, stride: 4 }, 0, values, 0, 4, 1, diverging, { from: -2, to: 2 })
    expect(pixels[0]).toBe(diverging.levels[SIGNED_HALF])
    expect(pixels[1]).toBe(diverging.levels[2 * SIGNED_HALF])
    expect(pixels[2]).toBe(diverging.levels[0])
    expect(pixels[3]).toBe(diverging.levels[2 * SIGNED_HALF])
  })

  it('shows a kernel of zeros as neutral, not as noise', () => {
    const pixels = new Uint32Array(2)
    paintPlane({ pixels, stride: 2 }, 0, new Float32Array(2), 0, 2, 1, diverging, { from: 0, to: 0 })
    expect([...pixels]).toEqual([diverging.levels[SIGNED_HALF], diverging.levels[SIGNED_HALF]])
  })

  it('marks what is not a number', () => {
    const pixels = new Uint32Array(1)
    paintPlane({ pixels, stride: 1 }, 0, Float32Array.of(NaN), 0, 1, 1, diverging, { from: -1, to: 1 })
    expect(pixels[0]).toBe(NOT_A_NUMBER_PIXEL)
  })

  it('writes rows with the stride of the target and touches nothing else', () => {
    const pixels = new Uint32Array(12)
    const map = viridisMap()
    paintPlane({ pixels, stride: 4 }, 5, Float32Array.of(0, 1, 1, 0), 0, 2, 2, map, { from: 0, to: 1 })
    const low = map.levels[0] ?? 0
    const high = map.levels[255] ?? 0
    expect([...pixels]).toEqual([0, 0, 0, 0, 0, low, high, 0, 0, high, low, 0])
  })
})

it('composes three channels into one colour with grey at 0', () => {
  const pixels = new Uint32Array(2)
  // Two weights: (+1, 0, −1) and (0, 0, 0).
  const values = Float32Array.of(1, 0, 0, 0, -1, 0)
  paintComposite({ pixels, stride: 2 }, 0, values, 0, 2, 1, { from: -1, to: 1 })
  expect(pixelToHex(pixels[0] ?? 0)).toBe('#ff8000')
  expect(pixelToHex(pixels[1] ?? 0)).toBe('#808080')
})

describe('own scale', () => {
  const content: WallContent = {
    order: Uint32Array.of(1, 0),
    channels: 1,
    kernelWidth: 2,
    kernelHeight: 1,
    now: Float32Array.of(0.1, 0.2, 4, 5),
    birth: Float32Array.of(0.8, 0.1, 1, 1),
    isComposite: false,
    map: diverging,
    scaleMode: 'own',
    sharedScale: { from: -5, to: 5 },
  }

  it('spans a filter as it is now, and its birth by itself', () => {
    expect(ownScale(content, 'now', 0).to).toBeCloseTo(0.2)
    expect(ownScale(content, 'birth', 0).to).toBeCloseTo(0.8)
    expect(ownScale(content, 'now', 1).to).toBe(5)
  })

  it('gives way to the shared scale of the part that is drawn', () => {
    const shared: WallContent = { ...content, scaleMode: 'shared', sharedBirthScale: { from: -1, to: 1 } }
    expect(scaleOfFilter(shared, 'now', 0).to).toBe(5)
    expect(scaleOfFilter(shared, 'birth', 0).to).toBe(1)
  })

  it('paints the filter that is asked for, not the position', () => {
    const pixels = new Uint32Array(2)
    paintTile({ pixels, stride: 2 }, 0, content, 'now', 1, 0, ownScale(content, 'now', 1))
    expect(pixels[1]).toBe(diverging.levels[2 * SIGNED_HALF])
  })
})
