/** A kind of element that an array can hold here, as NumPy's array interface names it: bool, int, uint, float, text, bytes. */
export interface NpyType {
  readonly kind: 'b' | 'i' | 'u' | 'f' | 'U' | 'S'
  /** Bytes of one element. */
  readonly itemBytes: number
  readonly littleEndian: boolean
}

export interface NpyHeader {
  readonly type: NpyType
  /** True where the first axis is the one whose elements lie side by side. */
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
}

/** What is wrong with a header, as the end of a sentence about the file ("begins with …"). */
export class NpyHeaderError extends Error {
  override readonly name = 'NpyHeaderError'
}

const MAGIC = '\x93NUMPY'

/** Longer ones hold descriptions of records, which are no pictures. */
export const LONGEST_NPY_HEADER = 65536

const ITEM_BYTES: Readonly<Record<string, readonly number[]>> = {
  b: [1],
  i: [1, 2, 4, 8],
  u: [1, 2, 4, 8],
  f: [2, 4, 8],
}

/** Bytes before the data of an .npy file: numpy.lib.format, version 1.0. The data begins at a multiple of 64 bytes. */
export function formatNpyHeader({ type, fortranOrder, shape }: NpyHeader): Uint8Array {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const text = `{'descr': '${formatType(type)}', 'fortran_order': ${fortranOrder ? 'True' : 'False'}, 'shape': ${tuple}, }`
  // The header ends with a line break.
  const padded = text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11) + '\n'
  const start = Buffer.alloc(10)
  start.write(`${MAGIC}\x01\x00`, 'latin1')
  start.writeUInt16LE(padded.length, 8)
  return Buffer.concat([start, Buffer.from(padded, 'latin1')])
}

function formatType({ kind, itemBytes, littleEndian }: NpyType): string {
  const order = kind === 'S' || itemBytes === 1 ? '|' : littleEndian ? '<' : '>'
  return `${order}${kind}${kind === 'U' ? itemBytes / 4 : itemBytes}`
}

/** True where bytes begin like an .npy file. */
export function looksLikeNpy(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.subarray(0, 6)).toString('latin1') === MAGIC
}

/**
 * The header of an .npy file of version 1.0, 2.0 or 3.0, and where its data begins; undefined where `bytes` do not hold
 * all of it yet. Throws NpyHeaderError.
 */
export function parseNpyHeader(bytes: Uint8Array): { header: NpyHeader; dataStart: number } | undefined {
  if (!looksLikeNpy(bytes)) throw new NpyHeaderError('does not begin like a NumPy array')
  if (bytes.length < 12) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const version = view.getUint8(6)
  if (version < 1 || version > 3)
    throw new NpyHeaderError(`is of version ${version} of NumPy's format, which is unknown`)
  const [start, length] = version === 1 ? [10, view.getUint16(8, true)] : [12, view.getUint32(8, true)]
  if (length > LONGEST_NPY_HEADER)
    throw new NpyHeaderError(`claims a header of ${length} bytes, which no array of numbers has`)
  if (bytes.length < start + length) return undefined
  const text = Buffer.from(bytes.subarray(start, start + length)).toString(version === 3 ? 'utf8' : 'latin1')
  const header = { type: parseType(text), fortranOrder: parseOrder(text), shape: parseShape(text) }
  return { header, dataStart: start + length }
}

function parseType(text: string): NpyType {
  const [, record, quoted] = /['"]descr['"]\s*:\s*(?:(\[)|['"]([^'"]*)['"])/.exec(text) ?? []
  if (record !== undefined) throw new NpyHeaderError('holds records of several fields instead of one kind of number')
  const [, order, kind, digits] = /^([<>|=])([a-zA-Z])(\d*)/.exec(quoted ?? '') ?? []
  if (kind === 'O') {
    throw new NpyHeaderError('holds Python objects (dtype object), which can run programs when they are read')
  }
  const size = Number(digits)
  const itemBytes = kind === 'U' ? 4 * size : size
  const littleEndian = order !== '>'
  if ((kind === 'U' || kind === 'S') && itemBytes > 0) return { kind, itemBytes, littleEndian }
  if ((kind === 'b' || kind === 'i' || kind === 'u' || kind === 'f') && ITEM_BYTES[kind]?.includes(size)) {
    return { kind, itemBytes, littleEndian }
  }
  throw new NpyHeaderError(`holds elements of type “${quoted ?? ''}”, which are neither integers nor floats`)
}

function parseOrder(text: string): boolean {
  const [, order] = /['"]fortran_order['"]\s*:\s*(True|False)/.exec(text) ?? []
  if (order === undefined) throw new NpyHeaderError('has a header that does not say in which order its elements lie')
  return order === 'True'
}

function parseShape(text: string): number[] {
  const [, inner] = /['"]shape['"]\s*:\s*\(([^()]*)\)/.exec(text) ?? []
  if (inner === undefined) throw new NpyHeaderError('has a header without a shape')
  const sizes = inner.split(',').map((size) => size.trim())
  // A tuple of one, and old writers after many, end with a comma.
  if (sizes.at(-1) === '') sizes.pop()
  // Python 2 wrote long integers as 60000L.
  if (sizes.every((size) => /^\d+L?$/.test(size))) {
    const shape = sizes.map((size) => Number.parseInt(size, 10))
    if (shape.every((size) => Number.isSafeInteger(size))) return shape
  }
  throw new NpyHeaderError(`has the shape (${inner}), which is none`)
}

/** A type as NumPy calls it ('float32', 'big-endian uint16', 'text'). */
export function npyTypeName({ kind, itemBytes, littleEndian }: NpyType): string {
  if (kind === 'U' || kind === 'S') return 'text'
  if (kind === 'b') return 'bool'
  const name = `${{ i: 'int', u: 'uint', f: 'float' }[kind]}${8 * itemBytes}`
  return littleEndian || itemBytes === 1 ? name : `big-endian ${name}`
}
