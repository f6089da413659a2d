import { extname } from 'node:path'
import { DataError } from '../dataset.ts'
import { archiveKind } from './archives/archive-kind.ts'
import { openArchive } from './archives/open-archive.ts'
import { cifarReader } from './cifar.ts'
import { idxReader } from './idx-dataset.ts'
import { imageFolderReader } from './image-folder.ts'
import { loosePicturesReader } from './loose-pictures.ts'
import { numpyReader } from './numpy/numpy-dataset.ts'
import { isPictureName } from './picture-names.ts'
import { parquetReader } from './parquet/parquet-dataset.ts'
import { tableReader } from './table/table-dataset.ts'
import { openable, type Opener, type Place, type Reader } from './reader.ts'

/** Tried in this order; folders of pictures last, as anything may lie beside them. */
const readers: readonly Reader[] = [
  idxReader,
  cifarReader,
  numpyReader,
  parquetReader,
  tableReader,
  loosePicturesReader,
  imageFolderReader,
]

/** What opens a place, also where it is an archive. Throws DataError where no reader recognises it. */
export async function recognise(place: Place): Promise<Opener> {
  const opener = await firstOpener(place)
  if (opener !== undefined) return opener
  const kind = place.isFolder ? undefined : await archiveKind(place.path)
  if (kind !== undefined) return (request) => openArchive(place.path, kind, recogniseInside, request)
  throw unknown(place)
}

/** Archives inside of archives are not looked into: each might hold the next without end. */
async function recogniseInside(place: Place): Promise<Opener> {
  const opener = await firstOpener(place)
  if (opener !== undefined) return opener
  throw unknown(place)
}

async function firstOpener(place: Place): Promise<Opener | undefined> {
  for (const reader of readers) {
    const opener = await reader(place)
    if (opener !== undefined) return opener
  }
  return undefined
}

function unknown({ path }: Place): DataError {
  return new DataError(
    isPictureName(path)
      ? `${path} is a single file; choose the folder that holds one folder of pictures per class.`
      : `${path} is of no format that can be opened here${extname(path) ? ` (“${extname(path)}”)` : ''}; choose ${openable}.`,
  )
}
