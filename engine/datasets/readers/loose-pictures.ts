import { join } from 'node:path'
import { openEncodedPictures } from './encoded-pictures.ts'
import { isPictureName } from './picture-names.ts'
import type { Reader } from './reader.ts'

/** A folder of pictures and no folders: nothing says what they show, so they can be looked at and not learned from. */
export const loosePicturesReader: Reader = ({ path, isFolder, folders, files }) => {
  const names = files.filter(isPictureName)
  if (!isFolder || folders.length > 0 || names.length === 0) return Promise.resolve(undefined)
  const pictures = names.map((name) => {
    return { path: join(path, name), origin: name, className: undefined, split: 'train' as const }
  })
  const listing = {
    format: 'pictures' as const,
    title: path,
    classNames: undefined,
    pictures,
    problems: [],
    placeOfClass: () => path,
  }
  return Promise.resolve((request) => openEncodedPictures(listing, request))
}
