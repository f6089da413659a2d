import { expect } from 'vitest'
import type { Tensor } from '../../engine/onnx/graph.ts'

/** Values as numbers; the bits of a float16 are decoded. */
export function numbersOf(tensor: Tensor): readonly number[] {
  if (tensor.dataType === 'string') throw new Error('A tensor of strings has no numbers.')
  const numbers = Array.from(tensor.data as ArrayLike<number | bigint>, Number)
  return tensor.dataType === 'float16' ? numbers.map(fromFloat16) : numbers
}

function fromFloat16(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Fails unless both have one type and shape and every element agrees within `tolerance`, relative to max(1, |expected|). */
export function expectClose(actual: Tensor | undefined, expected: Tensor, tolerance: number): void {
  expect({ dataType: actual?.dataType, dims: actual?.dims }).toEqual({
    dataType: expected.dataType,
    dims: expected.dims,
  })
  const actualNumbers = numbersOf(actual as Tensor)
  const worst = numbersOf(expected).reduce(
    (found, value, index) => {
      const other = actualNumbers[index] as number
      const same = Object.is(value, other) || value === other
      const difference = same ? 0 : Math.abs(value - other) / Math.max(1, Math.abs(value))
      return difference > found.difference || Number.isNaN(difference) ? { difference, index, value, other } : found
    },
    { difference: 0, index: -1, value: 0, other: 0 },
  )
  expect(worst.difference, `element ${worst.index} is ${worst.other} instead of ${worst.value}`).toBeLessThanOrEqual(
    tolerance,
  )
}
