import { basename, dirname, extname, join } from 'node:path'
import { type DataProblem, type SplitName, splitNames } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import type { PictureSource } from '../../picture-source.ts'
import { type EncodedPicture, openEncodedPictures } from '../encoded-pictures.ts'
import { isPictureName } from '../picture-names.ts'
import type { OpenRequest, Place, Reader } from '../reader.ts'
import { splitInName } from '../split-names.ts'
import { type LabelTable, readLabelTable } from './label-table.ts'
import { PictureIndex } from './picture-index.ts'

/** A folder of pictures with a table (.csv, .tsv or .txt) of their names and labels, or such a table itself. */
export const tableReader: Reader = async (place) => {
  const { path, isFolder, folder } = place
  const names = isFolder ? place.files.filter(isTableName) : isTableName(path) ? [basename(path)] : []
  if (names.length === 0) return undefined
  const tables: LabelTable[] = []
  for (const name of names) {
    const table = await readLabelTable(join(folder, name), isPictureName)
    if (table !== undefined) tables.push(table)
  }
  if (tables.length === 0) return undefined
  const index = await PictureIndex.of(folder)
  // Tables of other things may have such columns as well.
  const fitting = tables.filter(({ rows }) => rows.some(({ file }) => index.find(file) !== undefined))
  if (fitting.length > 0) return (request) => openTables(place, fitting, index, request)
  if (index.names.length > 0 && isFolder) return undefined
  const [{ path: table, rows }] = tables as [LabelTable]
  const [first] = rows
  if (first === undefined) throw new DataError(`${table} has a header but no rows; choose a table that names pictures.`)
  throw new DataError(
    `${table} names ${rows.length} pictures, such as ${first.file}, but none of them lies beside it or in a folder below; put the pictures there.`,
  )
}

function isTableName(name: string): boolean {
  return ['.csv', '.tsv', '.txt'].includes(extname(name).toLowerCase())
}

async function openTables(
  { path }: Place,
  tables: readonly LabelTable[],
  index: PictureIndex,
  request: OpenRequest,
): Promise<PictureSource> {
  const problems: DataProblem[] = []
  const pictures = new Map<string, EncodedPicture>()
  for (const table of tables) addRows(table, tables.length > 1, index, pictures, problems)
  const folder = dirname(tables[0]?.path ?? path)
  const told = new Set(problems.map((problem) => problem.path))
  for (const name of index.names.filter((each) => !pictures.has(each))) {
    const path = join(folder, name)
    if (!told.has(path))
      problems.push({ path, message: `No row of ${namesOf(tables)} gives this picture a label, so it is left out.` })
  }
  const found = [...pictures.values()]
  const present = new Set(found.map(({ split }) => split))
  const alone = present.size === 1 ? 'train' : undefined
  if (found.length > 0 && alone === undefined && !present.has('train')) {
    throw new DataError(
      `${namesOf(tables)} names pictures for ${[...present].join(' and ')} but none to train on; name some as “train”.`,
    )
  }
  const classNames = [...new Set(found.flatMap(({ className }) => className ?? []))]
  return openEncodedPictures(
    {
      format: 'table',
      title: path,
      classNames: classNames.sort(numbersFirst),
      pictures: splitNames
        .flatMap((split) => found.filter((picture) => (alone ?? picture.split) === split))
        .map((picture) => (alone === undefined ? picture : { ...picture, split: alone })),
      problems,
      placeOfClass: () => tables[0]?.path ?? path,
    },
    request,
  )
}

function namesOf(tables: readonly LabelTable[]): string {
  return tables.map((table) => basename(table.path)).join(', ')
}

/** The rows of one table as pictures; its name tells the split where a column does not and there are several tables. */
function addRows(
  { path, rows }: LabelTable,
  isOneOfMany: boolean,
  index: PictureIndex,
  pictures: Map<string, EncodedPicture>,
  problems: DataProblem[],
): void {
  const ofTable: SplitName = (isOneOfMany ? splitInName(basename(path)) : undefined) ?? 'train'
  for (const { line, file, label, split } of rows) {
    const where = `Line ${line} of ${basename(path)}`
    const name = index.find(file)
    const known = name === undefined ? undefined : pictures.get(name)
    if (name === undefined) {
      problems.push({ path, message: `${where} names “${file}”, which is not there; it is left out.` })
    } else if (label === '') {
      problems.push({
        path: join(dirname(path), name),
        message: `${where} gives this picture no label, so it is left out.`,
      })
    } else if (known === undefined) {
      const picture = join(dirname(path), name)
      pictures.set(name, { path: picture, origin: name, className: label, split: split ?? ofTable })
    } else if (known.className !== label) {
      problems.push({
        path: known.path,
        message: `${where} calls this picture “${label}”, but an earlier one calls it “${known.className}”; the first is used.`,
      })
    }
  }
}

/** The same order whichever way the rows lie: numbers by what they are, then names by the alphabet. */
function numbersFirst(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)]
  const [isNumber, isOther] = [!Number.isNaN(x), !Number.isNaN(y)]
  if (isNumber !== isOther) return isNumber ? -1 : 1
  if (isNumber && x !== y) return x - y
  return a < b ? -1 : 1
}
