import { join, relative } from 'node:path'
import type { DataProblem, SplitName } from '../../protocol/data.ts'
import { DataError } from '../dataset.ts'
import { listFolder } from '../list-folder.ts'
import { type EncodedPicture, openEncodedPictures, type PictureListing } from './encoded-pictures.ts'
import { isPictureName } from './picture-names.ts'
import { picturesBelow } from './pictures-below.ts'
import { openable, type Reader } from './reader.ts'
import { splitNamed } from './split-names.ts'

/** Folders of pictures: one per class, or train/val/test folders of such folders. */
export const imageFolderReader: Reader = (place) =>
  Promise.resolve(
    place.isFolder ? async (request) => openEncodedPictures(await findPictures(place.path), request) : undefined,
  )

async function listClassFolders(folder: string): Promise<{ folders: string[]; files: string[] }> {
  const { folders, files } = await listFolder(folder)
  // What the Finder leaves in a zip file.
  return { folders: folders.filter((name) => name !== '__MACOSX'), files }
}

async function findPictures(folder: string): Promise<PictureListing> {
  const { folders, files } = await listClassFolders(folder)
  const problems: DataProblem[] = []
  const loose = files.filter(isPictureName)
  if (folders.length === 0) {
    throw new DataError(`${folder} holds nothing that can be opened; choose ${openable}.`)
  }
  reportLoose(folder, loose, problems)
  const splitsByFolder = folders.map((name) => splitNamed(name))
  if (splitsByFolder.some((split) => split === undefined)) {
    const pictures = await listClasses(folder, folder, folders, 'train')
    return listingOf(folder, folders, pictures, problems)
  }
  if (!splitsByFolder.includes('train')) {
    throw new DataError(`${folder} holds ${folders.join(' and ')} but no pictures for training; add a folder “train”.`)
  }
  const classNames = new Set<string>()
  const pictures: EncodedPicture[] = []
  for (const [index, name] of folders.entries()) {
    const split = splitsByFolder[index] as SplitName
    const inside = await listClassFolders(join(folder, name))
    reportLoose(join(folder, name), inside.files.filter(isPictureName), problems)
    if (split === 'train') for (const className of inside.folders) classNames.add(className)
    pictures.push(...(await listClasses(folder, join(folder, name), inside.folders, split)))
  }
  return listingOf(folder, [...classNames].sort(), pictures, problems)
}

function listingOf(
  folder: string,
  classNames: readonly string[],
  pictures: readonly EncodedPicture[],
  problems: readonly DataProblem[],
): PictureListing {
  const placeOfClass = (className: string) => join(folder, className)
  return { format: 'folder', title: folder, classNames, pictures, problems, placeOfClass }
}

async function listClasses(
  root: string,
  folder: string,
  classFolders: readonly string[],
  split: SplitName,
): Promise<EncodedPicture[]> {
  const pictures: EncodedPicture[] = []
  for (const className of classFolders) {
    const path = join(folder, className)
    for (const name of await picturesBelow(path)) {
      const picture = join(path, name)
      pictures.push({ path: picture, origin: relative(root, picture), className, split })
    }
  }
  return pictures
}

function reportLoose(folder: string, names: readonly string[], problems: DataProblem[]): void {
  for (const name of names) {
    problems.push({ path: join(folder, name), message: 'This picture lies in no class folder, so it is left out.' })
  }
}
