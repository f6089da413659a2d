import { readFile, stat } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import type { SplitName } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import { splitInName } from '../split-names.ts'

/** One row of a table of labels. */
export interface LabelRow {
  /** Line in the file, from 1 on. */
  readonly line: number
  readonly file: string
  /** Empty where the row gives none. */
  readonly label: string
  readonly split: SplitName | undefined
}

export interface LabelTable {
  readonly path: string
  readonly rows: readonly LabelRow[]
}

/** Millions of rows fit; larger files are something else. */
const MAX_BYTES = 512 * 1024 * 1024

const DELIMITERS = [',', ';', '\t']

const FILE_HEADERS =
  /^(file|filename|file[ _]?name|path|file[ _]?path|image|image[ _]?(id|name|path|file)|img|picture|photo|id|id[ _]?code)$/i
const LABEL_HEADERS = /^(label|labels|class|class[ _]?(name|label|id)|category|target|y|diagnosis|species|breed)$/i
const SPLIT_HEADERS = /^(split|set|subset|partition|fold|usage|data[ _]?set)$/i

/**
 * Reads a table of file names and labels, separated by commas, semicolons or tabs, with a header that names its columns
 * or without one (file name, label). undefined where it is no such table: `isPicture` says what can be a file name.
 * Throws DataError where it is one and cannot be read.
 */
export async function readLabelTable(
  path: string,
  isPicture: (name: string) => boolean,
): Promise<LabelTable | undefined> {
  const { size } = await stat(path)
  if (size === 0 || size > MAX_BYTES) return undefined
  const text = await readFile(path, 'utf8')
  const [firstLine = ''] = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)
  const delimiter = DELIMITERS.map((each) => ({ each, count: firstLine.split(each).length - 1 })).toSorted(
    (a, b) => b.count - a.count,
  )[0]
  if (delimiter === undefined || delimiter.count === 0) return undefined
  const head = cells(firstLine, delimiter.each)
  const columns = columnsOf(head, isPicture)
  if (columns === undefined) return undefined
  const records = parseAll(path, text, delimiter.each)
  const rows = columns.hasHeader ? records.slice(1) : records
  return {
    path,
    rows: rows.map(({ record, info }) => {
      const cell = (column: number | undefined) => (column === undefined ? '' : (record[column] ?? '').trim())
      return {
        line: info.lines,
        file: cell(columns.file),
        label: cell(columns.label),
        split: splitInName(cell(columns.split)),
      }
    }),
  }
}

interface ParsedRecord {
  readonly record: readonly string[]
  readonly info: { readonly lines: number }
}

function parseAll(path: string, text: string, delimiter: string): ParsedRecord[] {
  try {
    const options = { delimiter, bom: true, info: true, skip_empty_lines: true, relax_column_count: true } as const
    return parse(text, options) as unknown as ParsedRecord[]
  } catch (error) {
    throw new DataError(`${path} cannot be read as a table (${(error as Error).message}); correct that line.`, {
      cause: error,
    })
  }
}

function cells(line: string, delimiter: string): string[] {
  try {
    const rows: string[][] = parse(line, { delimiter, bom: true, relax_column_count: true })
    return (rows[0] ?? []).map((cell) => cell.trim())
  } catch {
    return []
  }
}

interface Columns {
  readonly hasHeader: boolean
  readonly file: number
  readonly label: number
  readonly split?: number
}

function columnsOf(head: readonly string[], isPicture: (name: string) => boolean): Columns | undefined {
  const file = head.findIndex((name) => FILE_HEADERS.test(name))
  const label = head.findIndex((name, column) => column !== file && LABEL_HEADERS.test(name))
  if (file >= 0 && label >= 0) {
    const split = head.findIndex((name) => SPLIT_HEADERS.test(name))
    return { hasHeader: true, file, label, ...(split >= 0 && { split }) }
  }
  // Without a header the first line is a row: a picture that is there, then its label.
  const [name = '', second = ''] = head
  return isPicture(name) && second !== '' ? { hasHeader: false, file: 0, label: 1 } : undefined
}
