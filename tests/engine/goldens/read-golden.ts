import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Tensor, float32Tensor } from '../../../engine/onnx/graph.ts'

/** A tensor as the goldens hold it, in row-major order. */
export interface GoldenTensor {
  readonly dims: readonly number[]
  readonly data: readonly number[]
}

/** Reads one of the files that make-goldens.py writes. */
export function readGolden<Content>(file: string): Content {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8')) as Content
}

export function toTensor({ dims, data }: GoldenTensor): Tensor {
  return float32Tensor(dims, Float32Array.from(data))
}

/** |actual - expected| / |expected| over all elements (Euclidean norms); the difference alone where expected is 0. */
export function relativeError(actual: Tensor | undefined, expected: GoldenTensor): number {
  if (actual?.dims.join() !== expected.dims.join()) {
    throw new Error(`A tensor has shape [${actual?.dims.join()}] in place of [${expected.dims.join()}].`)
  }
  const difference = Math.hypot(...expected.data.map((value, index) => Number(actual.data[index]) - value))
  const size = Math.hypot(...expected.data)
  return size === 0 ? difference : difference / size
}
