import { expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { scaleRows } from './channel-scaling.ts'
import { StrengthFamilyNull, evenFamilyNull } from './family-null.ts'

const meanOf = ({ first, second }: { first: number; second: number }) => first / (first + second)
const varianceOf = ({ first, second }: { first: number; second: number }) =>
  (first * second) / ((first + second) ** 2 * (first + second + 1))

function orthonormalAxes(count: number, length: number, strengths: readonly number[], waves: number): Float64Array {
  const stream = randomStream('axes', count, length)
  const axes = Float64Array.from(
    { length: count * length },
    (_, k) => stream.normal() * strengths[Math.floor((k % length) / waves)]!,
  )
  for (let axis = 0; axis < count; axis++) {
    for (let other = 0; other < axis; other++) {
      let along = 0
      for (let k = 0; k < length; k++) along += axes[axis * length + k]! * axes[other * length + k]!
      for (let k = 0; k < length; k++) axes[axis * length + k]! -= along * axes[other * length + k]!
    }
    scaleRows(axes.subarray(axis * length, (axis + 1) * length), 1, length)
  }
  return axes
}

it('is the exact null where a filter has one slice', () => {
  const share = { directions: 3, dimensions: 24, axes: undefined }
  const found = new StrengthFamilyNull(orthonormalAxes(3, 24, [1], 24), share, 1, 24).of(
    unitFilter(1, 24, [1], 'one slice'),
    0,
  )
  const exact = evenFamilyNull(share)
  expect(found.first).toBeCloseTo(exact.first, 9)
  expect(found.second).toBeCloseTo(exact.second, 9)
})

it.each([
  { name: 'slices alike', strengths: [1, 1, 1, 1, 1, 1] },
  { name: 'two strong slices', strengths: [3, 2, 0.2, 0.2, 0.2, 0.2] },
  { name: 'one slice alone', strengths: [1, 0, 0, 0, 0, 0] },
])('has the mean and variance of drawn filters: $name', ({ strengths }) => {
  const [channels, waves, directions] = [6, 8, 3]
  const length = channels * waves
  const axes = orthonormalAxes(
    directions,
    length,
    strengths.map((strength) => strength + 0.1),
    waves,
  )
  const share = { directions, dimensions: length, axes }
  const found = new StrengthFamilyNull(axes, share, channels, waves).of(
    unitFilter(channels, waves, strengths, 'first'),
    0,
  )
  const draws = Array.from({ length: 40_000 }, (_, index) => {
    const filter = unitFilter(channels, waves, strengths, index)
    let energy = 0
    for (let axis = 0; axis < directions; axis++) {
      let along = 0
      for (let k = 0; k < length; k++) along += axes[axis * length + k]! * filter[k]!
      energy += along ** 2
    }
    return energy
  })
  const mean = draws.reduce((sum, value) => sum + value, 0) / draws.length
  const variance = draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / draws.length
  expect(Math.abs(meanOf(found) / mean - 1)).toBeLessThan(0.02)
  expect(Math.abs(varianceOf(found) / variance - 1)).toBeLessThan(0.05)
})

/** Slices of random directions with these strengths, together at unit length. */
function unitFilter(channels: number, waves: number, strengths: readonly number[], key: string | number): Float64Array {
  const stream = randomStream('filter', key)
  const filter = Float64Array.from({ length: channels * waves }, () => stream.normal())
  scaleRows(filter, channels, waves)
  for (let k = 0; k < filter.length; k++) filter[k]! *= strengths[Math.floor(k / waves)]!
  scaleRows(filter, 1, channels * waves)
  return filter
}
