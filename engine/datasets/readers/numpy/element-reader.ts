import type { NpyType } from '../../../numpy/npy-header.ts'

/** Reads the number at a byte of a view. */
export type ElementReader = (view: DataView, at: number) => number

/** How numbers of a type are read; text has none. */
export function numberReader({ kind, itemBytes, littleEndian }: NpyType): ElementReader | undefined {
  switch (`${kind}${itemBytes}`) {
    case 'b1':
      return (view, at) => (view.getUint8(at) === 0 ? 0 : 1)
    case 'u1':
      return (view, at) => view.getUint8(at)
    case 'i1':
      return (view, at) => view.getInt8(at)
    case 'u2':
      return (view, at) => view.getUint16(at, littleEndian)
    case 'i2':
      return (view, at) => view.getInt16(at, littleEndian)
    case 'u4':
      return (view, at) => view.getUint32(at, littleEndian)
    case 'i4':
      return (view, at) => view.getInt32(at, littleEndian)
    case 'u8':
      return (view, at) => Number(view.getBigUint64(at, littleEndian))
    case 'i8':
      return (view, at) => Number(view.getBigInt64(at, littleEndian))
    case 'f2':
      return (view, at) => halfToNumber(view.getUint16(at, littleEndian))
    case 'f4':
      return (view, at) => view.getFloat32(at, littleEndian)
    case 'f8':
      return (view, at) => view.getFloat64(at, littleEndian)
    default:
      return undefined
  }
}

/** IEEE 754 binary16: 1 bit sign, 5 bits exponent, 10 bits fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 0x1f
  const fraction = bits & 0x3ff
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** Text of fixed width: UTF-32 or single bytes, zeros after its end. */
export function textAt({ kind, itemBytes, littleEndian }: NpyType, view: DataView, at: number): string {
  const step = kind === 'U' ? 4 : 1
  const codes: number[] = []
  for (let offset = 0; offset < itemBytes; offset += step) {
    codes.push(kind === 'U' ? view.getUint32(at + offset, littleEndian) : view.getUint8(at + offset))
  }
  const end = codes.findLastIndex((code) => code !== 0) + 1
  // One by one: a text may be longer than a call can have arguments.
  return codes
    .slice(0, end)
    .map((code) => String.fromCodePoint(code > 0x10ffff ? 0xfffd : code))
    .join('')
}
