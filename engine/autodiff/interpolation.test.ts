import { describe, expect, it } from 'vitest'
import { interpolationMatrix } from './interpolation.ts'

const doubled = { inputSize: 2, outputSize: 4, scale: 2 }

describe('interpolationMatrix', () => {
  it('weighs neighbours by their distance and holds still outside', () => {
    const matrix = interpolationMatrix({ ...doubled, mode: 'linear', coordinates: 'half_pixel', nearestMode: '' })
    expect(Array.from(matrix)).toEqual([1, 0, 0.75, 0.25, 0.25, 0.75, 0, 1])
  })

  it('reads the corners at the corners', () => {
    const matrix = interpolationMatrix({
      inputSize: 2,
      outputSize: 3,
      scale: 1.5,
      mode: 'linear',
      coordinates: 'align_corners',
      nearestMode: '',
    })
    expect(Array.from(matrix)).toEqual([1, 0, 0.5, 0.5, 0, 1])
  })

  it.each([
    { nearestMode: 'floor', columns: [0, 0, 1, 1] },
    { nearestMode: 'ceil', columns: [0, 1, 1, 1] },
    { nearestMode: 'round_prefer_floor', columns: [0, 0, 1, 1] },
    { nearestMode: 'round_prefer_ceil', columns: [0, 1, 1, 1] },
  ])('rounds as $nearestMode says', ({ nearestMode, columns }) => {
    const matrix = interpolationMatrix({ ...doubled, mode: 'nearest', coordinates: 'asymmetric', nearestMode })
    expect(Array.from(matrix)).toEqual(columns.flatMap((column) => [1 - column, column]))
  })
})
