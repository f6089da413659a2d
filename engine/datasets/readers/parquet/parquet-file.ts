import { open } from 'node:fs/promises'
import {
  type AsyncBuffer,
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
} from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { DataError } from '../../dataset.ts'
import { checkPageHeaders } from './page-headers.ts'

/** A top-level column of a Parquet file. */
export interface ParquetColumn {
  readonly name: string
  /** The names of its parts; none where it is a plain column. */
  readonly parts: readonly string[]
  readonly kind: 'integer' | 'text' | 'bytes' | 'boolean' | 'other'
}

/** Rows of a file that are read together. */
export interface RowBlock {
  readonly start: number
  readonly end: number
  /** What their column takes once unpacked, about. */
  readonly byteLength: number
}

/** Reading more at once would hold more in memory than pictures need. */
const MAX_BLOCK_BYTES = 64 * 1024 * 1024

/** A Parquet file whose footer was read; columns are read on demand. */
export class ParquetFile {
  readonly path: string
  readonly rowCount: number
  readonly columns: readonly ParquetColumn[]
  readonly #buffer: AsyncBuffer
  readonly #metadata: FileMetaData
  /** Column chunks whose page headers are sound. */
  readonly #checked = new Set<ColumnMetaData>()

  private constructor(path: string, buffer: AsyncBuffer, metadata: FileMetaData) {
    this.path = path
    this.rowCount = Number(metadata.num_rows)
    this.#buffer = buffer
    this.#metadata = metadata
    this.columns = parquetSchema(metadata).children.map(({ element, children }) => ({
      name: element.name,
      parts: children.map((child) => child.element.name),
      kind: children.length > 0 ? 'other' : kindOf(element),
    }))
  }

  /** Throws DataError where the file is none, or damaged. */
  static async open(path: string): Promise<ParquetFile> {
    return sound(path, async () => {
      const buffer = await fileBuffer(path)
      return new ParquetFile(path, buffer, await parquetMetadataAsync(buffer))
    })
  }

  /** What the writer noted under `key`. */
  note(key: string): string | undefined {
    return this.#metadata.key_value_metadata?.find((note) => note.key === key)?.value
  }

  /** Rows to read together: the row groups of the file, those of many megabytes in parts. */
  blocks(column: string): RowBlock[] {
    let start = 0
    return this.#metadata.row_groups.flatMap((group): RowBlock[] => {
      const rows = Number(group.num_rows)
      const own = group.columns.filter(({ meta_data: data }) => data?.path_in_schema[0] === column)
      const bytes = own.reduce((sum, { meta_data: data }) => sum + Number(data?.total_uncompressed_size ?? 0), 0)
      const parts = Math.max(1, Math.min(rows, Math.ceil(bytes / MAX_BLOCK_BYTES)))
      const first = start
      start += rows
      return Array.from({ length: parts }, (_, part) => ({
        start: first + Math.floor((part * rows) / parts),
        end: first + Math.floor(((part + 1) * rows) / parts),
        byteLength: Math.ceil(bytes / parts),
      }))
    })
  }

  /** The values of a column from row `start` to before row `end`; bytes that are no text stay bytes. Throws DataError. */
  async read(column: string, start: number, end: number): Promise<unknown[]> {
    return sound(this.path, async () => {
      await this.#checkPages(column, start, end)
      const rows = await parquetReadObjects({
        file: this.#buffer,
        metadata: this.#metadata,
        columns: [column],
        rowStart: start,
        rowEnd: end,
        compressors,
        utf8: false,
        geoparquet: false,
        useOffsetIndex: true,
      })
      if (rows.length !== end - start) throw new Error(`rows ${start} to ${end - 1} are missing`)
      return rows.map((row) => row[column] as unknown)
    })
  }

  /** How many parts of a path may be missing, each of which has a level of its own; undefined where one is a list. */
  #optionalLevels(path: readonly string[]): number | undefined {
    let node = parquetSchema(this.#metadata)
    let levels = 0
    for (const name of path) {
      const child = node.children.find(({ element }) => element.name === name)
      if (child === undefined) throw new Error(`it has no column ${path.join('.')}`)
      node = child
      if (child.element.repetition_type === 'REPEATED') return undefined
      if (child.element.repetition_type !== 'REQUIRED') levels++
    }
    return levels
  }

  async #checkPages(column: string, start: number, end: number): Promise<void> {
    const read = async (from: number, to: number) => new Uint8Array(await this.#buffer.slice(from, to))
    let first = 0
    for (const group of this.#metadata.row_groups) {
      const last = first + Number(group.num_rows)
      const isWanted = first < end && last > start
      first = last
      if (!isWanted) continue
      for (const { meta_data: chunk } of group.columns) {
        if (chunk?.path_in_schema[0] !== column || this.#checked.has(chunk)) continue
        await checkPageHeaders(chunk, this.#optionalLevels(chunk.path_in_schema), read)
        this.#checked.add(chunk)
      }
    }
  }
}

/** What the library throws is damage; what the file system refuses is told as that. */
async function sound<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work()
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException
    if (error instanceof DataError || syscall !== undefined) throw error
    throw new DataError(
      `${path} cannot be read as a Parquet file (${message}); it is damaged or cut short, get it again.`,
      {
        cause: error,
      },
    )
  }
}

/** A file that is opened for every piece, so that nothing of thousands of shards stays open. */
async function fileBuffer(path: string): Promise<AsyncBuffer> {
  const file = await open(path)
  const { size } = await file.stat().finally(() => file.close())
  return { byteLength: size, slice: (start, end = size) => readSlice(path, start, Math.min(end, size)) }
}

async function readSlice(path: string, start: number, end: number): Promise<ArrayBuffer> {
  const length = end - start
  if (length < 0) throw new Error(`it points to ${length} bytes`)
  const bytes = new Uint8Array(length)
  const file = await open(path)
  try {
    for (let filled = 0; filled < length;) {
      const { bytesRead } = await file.read(bytes, filled, length - filled, start + filled)
      if (bytesRead === 0) throw new Error(`it ends before byte ${end}`)
      filled += bytesRead
    }
  } finally {
    await file.close()
  }
  return bytes.buffer
}

function kindOf(element: {
  readonly type?: string
  readonly converted_type?: string
  readonly logical_type?: { readonly type: string }
}): ParquetColumn['kind'] {
  if (element.type === 'BOOLEAN') return 'boolean'
  if (element.converted_type === 'UTF8' || element.logical_type?.type === 'STRING') return 'text'
  if (element.type === 'BYTE_ARRAY') return 'bytes'
  const isNumber = element.type === 'INT32' || element.type === 'INT64'
  const plain = [undefined, 'INTEGER'].includes(element.logical_type?.type)
  const converted = element.converted_type === undefined || /^U?INT_/.test(element.converted_type)
  return isNumber && plain && converted ? 'integer' : 'other'
}
