import { dataTypeCode } from './data-types.ts'
import type { DataType, Tensor } from './graph.ts'
import { ModelError } from './model-error.ts'

/** Floating-point types that nothing here computes in. */
const otherFloats: readonly DataType[] = ['float16', 'bfloat16', 'float64']

/** Their numbers in a file. */
export const otherFloatCodes: ReadonlySet<number> = new Set(otherFloats.map(dataTypeCode))

/** Attributes that hold the number of an element type. */
export const typeAttributes: ReadonlySet<string> = new Set(['to', 'dtype', 'output_datatype'])

export function isOtherFloat(dataType: DataType): boolean {
  return otherFloats.includes(dataType)
}

/** The elements of any tensor of numbers as float32; those of a float32 tensor are its own. Throws ModelError for strings. */
export function float32Values({ dataType, data }: Tensor): Float32Array {
  if (data instanceof Float32Array) return data
  if (dataType === 'float16') return Float32Array.from(data as Uint16Array, float16Value)
  if (dataType === 'bfloat16')
    return new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer)
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number)
  if (ArrayBuffer.isView(data)) return Float32Array.from(data)
  throw new ModelError('A tensor of strings holds no numbers: the model is damaged.')
}

/** IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits. */
function float16Value(bits: number): number {
  const sign = bits >> 15 === 0 ? 1 : -1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}
