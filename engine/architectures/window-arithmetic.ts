import type { SizeArithmetic } from '../protocol/architecture.ts'

/** Output size of a sliding window along one axis: (W − F + 2P) / S + 1 (Dumoulin and Visin 2016, relationship 6). */
export function windowArithmetic(input: number, kernel: number, padding: number, stride: number): SizeArithmetic {
  const exact = (input - kernel + 2 * padding) / stride + 1
  return {
    input,
    kernel,
    padding,
    stride,
    exact,
    floor: Math.floor(exact),
    ceil: Math.ceil(exact),
    isWhole: Number.isInteger(exact),
  }
}

/** '(28 − 5 + 2·2)/1 + 1 = 28', with the exact quotient where it is not whole. */
export function arithmeticText(size: SizeArithmetic): string {
  const result = size.isWhole ? String(size.exact) : size.exact.toFixed(2)
  return `(${size.input} − ${size.kernel} + 2·${size.padding})/${size.stride} + 1 = ${result}`
}
