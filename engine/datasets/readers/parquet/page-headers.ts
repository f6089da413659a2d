import type { ColumnMetaData } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { checkNoRunExceeds, checkRunLengths } from './run-lengths.ts'

/** Reads bytes of the file, fewer where it ends. */
export type ReadBytes = (start: number, end: number) => Promise<Uint8Array>

/** A header is some tens of bytes; statistics in it may be long. */
const HEADER_WINDOW = 4096
const LONGEST_HEADER = 1 << 20

/**
 * Walks over the pages of a column chunk, of which `optionalLevels` parts of the path may be missing, and throws an Error where they contradict the footer. The library
 * believes page headers: a size below 0 would lead it round in circles, and a count of billions keeps it for hours.
 */
export async function checkPageHeaders(
  column: ColumnMetaData,
  optionalLevels: number | undefined,
  read: ReadBytes,
): Promise<void> {
  const start = Number(column.dictionary_page_offset ?? column.data_page_offset)
  const end = start + Number(column.total_compressed_size)
  let values = 0
  let unpacked = 0
  // What is left then is too short for a page; the library stops there as well.
  for (let at = start; at < end - 1;) {
    const { header, byteLength } = await readHeader(read, at, end)
    const [unpackedSize, size] = [number(header, 2), number(header, 3)]
    if (unpackedSize < 0 || size < 0 || at + byteLength + size > end)
      throw new Error(`the page at byte ${at} has no size`)
    unpacked += unpackedSize
    const content = header.get(5) ?? header.get(8)
    const count = content instanceof Map ? number(content, 1) : 0
    const words = header.get(7)
    const dictionary = words instanceof Map ? number(words, 1) : 0
    values += count
    const isTooMany = values > Number(column.num_values) || unpacked > Number(column.total_uncompressed_size)
    if (count < 0 || dictionary < 0 || dictionary > 8 * unpackedSize || isTooMany) {
      throw new Error(`the page at byte ${at} claims more than the file says it holds`)
    }
    const page = await read(at + byteLength, at + byteLength + size)
    if (optionalLevels !== undefined) checkRuns(column, header, page, unpackedSize, optionalLevels)
    at += byteLength + size
  }
}

const DATA_PAGE = 0
const DATA_PAGE_V2 = 3
/** PLAIN_DICTIONARY and RLE_DICTIONARY. */
const DICTIONARY_ENCODINGS = [2, 8]

function checkRuns(
  column: ColumnMetaData,
  header: Struct,
  page: Uint8Array,
  unpackedSize: number,
  levels: number,
): void {
  const type = number(header, 1)
  if (type !== DATA_PAGE && type !== DATA_PAGE_V2) return
  const content = header.get(type === DATA_PAGE ? 5 : 8)
  if (!(content instanceof Map)) throw new Error('a page says nothing of its values')
  const count = number(content, 1)
  const encoding = number(content, type === DATA_PAGE ? 2 : 4)
  const width = Math.ceil(Math.log2(levels + 1))
  if (type === DATA_PAGE_V2) {
    // Levels lie before what is packed, those of repetition first.
    const [defined, repeated] = [number(content, 5), number(content, 6)]
    if (defined < 0 || repeated < 0 || defined + repeated > page.length) throw new Error('a page has levels of no size')
    if (levels > 0) checkRunLengths(page, repeated, repeated + defined, width, count)
    return
  }
  const unpack = compressors[column.codec]
  const bytes = column.codec === 'UNCOMPRESSED' || !unpack ? page : unpack(page, unpackedSize)
  let start = 0
  if (levels > 0) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
    start = 4 + length
    if (start > bytes.length) throw new Error('a page has levels of no size')
    checkRunLengths(bytes, 4, start, width, count)
  }
  if (!DICTIONARY_ENCODINGS.includes(encoding) || start >= bytes.length) return
  checkNoRunExceeds(bytes, start + 1, bytes[start] as number, count)
}

type Struct = Map<number, number | Struct>

function number(struct: Struct, field: number): number {
  const value = struct.get(field)
  return typeof value === 'number' ? value : -1
}

async function readHeader(read: ReadBytes, at: number, end: number): Promise<{ header: Struct; byteLength: number }> {
  for (let window = HEADER_WINDOW; ; window *= 16) {
    const bytes = await read(at, Math.min(end, at + window))
    try {
      const cursor = new CompactCursor(bytes)
      return { header: cursor.struct(0), byteLength: cursor.position }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
      // It may only be longer than what was read of it.
      if (window >= LONGEST_HEADER || at + window >= end) throw new Error(`the page at byte ${at} has no header`)
    }
  }
}

const MAX_DEPTH = 8

/** Thrift's compact protocol, as far as page headers use it: numbers and structures are kept, the rest is passed over. */
class CompactCursor {
  readonly #view: DataView
  position = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  /** Throws RangeError where the bytes end first. */
  struct(depth: number): Struct {
    if (depth > MAX_DEPTH) throw new Error('a page header is nested too deeply')
    const fields: Struct = new Map()
    for (let field = 0; ;) {
      const head = this.#byte()
      if (head === 0) return fields
      field = head >> 4 ? field + (head >> 4) : this.#zigzag()
      const value = this.#value(head & 0x0f, depth)
      if (value !== undefined) fields.set(field, value)
    }
  }

  #value(type: number, depth: number): number | Struct | undefined {
    switch (type) {
      case 1:
      case 2:
        return type === 1 ? 1 : 0
      case 3:
        return this.#byte()
      case 4:
      case 5:
      case 6:
        return this.#zigzag()
      case 7:
        this.#skip(8)
        return undefined
      case 8:
        this.#skip(this.#varint())
        return undefined
      case 12:
        return this.struct(depth + 1)
      default:
        throw new Error(`a page header has a field of type ${type}, which it cannot have`)
    }
  }

  #byte(): number {
    return this.#view.getUint8(this.position++)
  }

  #skip(count: number): void {
    this.position += count
    if (this.position > this.#view.byteLength) throw new RangeError('the header goes on')
  }

  #varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#byte()
      value += (byte & 0x7f) * factor
      if (byte < 128) return value
      if (factor > 2 ** 56) throw new Error('a page header has a number that does not end')
    }
  }

  #zigzag(): number {
    const value = this.#varint()
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }
}
