import type { SizeArithmetic } from '../protocol/architecture.ts'

/** A sliding window along one axis; `kernel` is how far it reaches, gaps included. */
export interface AxisWindow {
  readonly kernel: number
  readonly padding: number
  readonly stride: number
}

/** Output size of a sliding window along one axis: (W − F + 2P) / S + 1 (Dumoulin and Visin 2016, relationship 6). */
export function windowArithmetic(input: number, { kernel, padding, stride }: AxisWindow): SizeArithmetic {
  const exact = (input - kernel + 2 * padding) / stride + 1
  const ceil = Math.ceil(exact)
  return {
    input,
    kernel,
    padding,
    stride,
    exact,
    floor: Math.floor(exact),
    // A last window that would begin in the padding behind the map is left out, as ONNX and PyTorch do.
    ceil: (ceil - 1) * stride >= input + padding ? ceil - 1 : ceil,
    isWhole: Number.isInteger(exact),
  }
}

/** '(28 − 5 + 2·2)/1 + 1 = 28', with the exact quotient where it is not whole. */
export function arithmeticText(size: SizeArithmetic): string {
  const result = size.isWhole ? String(size.exact) : size.exact.toFixed(2)
  return `(${size.input} − ${size.kernel} + 2·${size.padding})/${size.stride} + 1 = ${result}`
}
