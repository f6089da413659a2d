import { open, readFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import { looksLikeNpy, npyTypeName } from '../../../numpy/npy-header.ts'
import type { DataProblem } from '../../../protocol/data.ts'
import { DataError } from '../../dataset.ts'
import { OpeningStage } from '../../opening.ts'
import type { PictureSource } from '../../picture-source.ts'
import { isPictureName } from '../picture-names.ts'
import type { OpenRequest, Place, Reader } from '../reader.ts'
import { type ArrayPair, findPairs, type FoundArrays } from './array-pairs.ts'
import { type ClassNames, classesOf, labelCount, readElements, readLabels } from './label-array.ts'
import { type NpyArray, type NpyBytes, npyFile, openNpy } from './npy-array.ts'
import { type NpzArchive, openNpz } from './npz-entries.ts'
import { passesOver, type PictureArray, readPictures } from './picture-array.ts'
import { pictureLayout } from './picture-layout.ts'

const NAMES_FILES = ['labels.txt', 'classes.txt', 'class_names.txt']

/** Arrays whose header was read, and what is wrong with the others: they need not be the ones that are wanted. */
class Arrays {
  readonly readable: NpyArray[] = []
  readonly problems: DataProblem[] = []

  async add(bytes: NpyBytes): Promise<void> {
    try {
      this.readable.push(await openNpy(bytes))
    } catch (error) {
      this.refuse(bytes.path, error)
    }
  }

  refuse(path: string, error: unknown): void {
    if (!(error instanceof DataError)) throw error
    this.problems.push({ path, message: error.message })
  }
}

interface Found extends FoundArrays {
  readonly problems: readonly DataProblem[]
}

/** NumPy arrays of pictures and of labels: .npz archives (as of MedMNIST), or .npy files beside each other. */
export const numpyReader: Reader = async (place) => {
  const archives: NpzArchive[] = []
  const close = () => archives.forEach((archive) => archive.close())
  try {
    const found = await findArrays(place, archives)
    if (found === undefined) {
      close()
      return undefined
    }
    return (request) => openArrays(place, found, request).finally(close)
  } catch (error) {
    close()
    throw error
  }
}

function findArrays(place: Place, archives: NpzArchive[]): Promise<Found | undefined> {
  return place.isFolder ? findInFolder(place, archives) : findInFile(place, archives)
}

async function findInFile(place: Place, archives: NpzArchive[]): Promise<Found | undefined> {
  const { path } = place
  const start = await firstBytes(path)
  if (looksLikeNpy(start)) return findBeside(place)
  // "PK" begins a ZIP file; where the name says that it is one, damage is told.
  const isZip = start[0] === 0x50 && start[1] === 0x4b
  const arrays = new Arrays()
  const isNamed = /\.npz$/i.test(path)
  if (!isZip && !isNamed) return undefined
  // A damaged ZIP file that is not called so may have held anything.
  const adding = addArchive(path, arrays, archives).catch((error: unknown) => {
    if (isNamed || !(error instanceof DataError)) throw error
    return false
  })
  if (!(await adding)) return undefined
  const found = findPairs(path, arrays.readable)
  if (found === undefined) throw noPair(path, arrays)
  return { ...found, problems: arrays.problems }
}

/** A chosen .npy file with the one beside it that belongs to it. */
async function findBeside({ path, folder, files }: Place): Promise<Found> {
  const arrays = new Arrays()
  const name = basename(path)
  await addFiles(folder, [name, ...files.filter((other) => isNpyName(other) && other !== name)], arrays)
  const chosen = arrays.readable.find(({ bytes }) => bytes.path === join(folder, name))
  // Its own fault is what the person is to hear of.
  if (chosen === undefined) throw new DataError((arrays.problems[0] as DataProblem).message)
  const pairs = allPairs(path, arrays.readable, chosen)
  const pair = pairs?.pairs.find(({ pictures }) => pictures === chosen)
  if (pair !== undefined) return { pairs: [{ ...pair, split: 'train' }], names: pairs?.names, problems: [] }
  if (pairs?.pairs.some(({ labels }) => labels === chosen)) {
    throw new DataError(`${path} holds labels, not pictures; choose the file of pictures or the folder of both.`)
  }
  throw new DataError(
    `${path} holds ${shapeOf(chosen)} and no labels lie beside it that belong to it; put them into the same folder under a name that says so (x.npy and y.npy, images.npy and labels.npy).`,
  )
}

async function findInFolder(place: Place, archives: NpzArchive[]): Promise<Found | undefined> {
  const { path, folder, files, folders } = place
  const arrays = new Arrays()
  await addFiles(folder, files.filter(isNpyName), arrays)
  for (const name of files.filter((each) => /\.npz$/i.test(each))) {
    const archive = join(folder, name)
    await addArchive(archive, arrays, archives).catch((error: unknown) => arrays.refuse(archive, error))
  }
  if (arrays.readable.length + arrays.problems.length === 0) return undefined
  // Arrays may lie beside pictures without being their data.
  const mayBeOther = folders.length > 0 || files.some(isPictureName)
  const found = findPairs(path, arrays.readable)
  if (found === undefined) {
    if (mayBeOther) return undefined
    throw noPair(path, arrays)
  }
  if (!found.pairs.some(({ split }) => split === 'train')) {
    throw new DataError(
      `${path} holds arrays for ${found.pairs.map(({ split }) => split).join(' and ')} but none to train on; add some, or choose the file itself.`,
    )
  }
  return { ...found, problems: arrays.problems }
}

/** One file was chosen: others beside it that would be as good must not stand in its way. */
function allPairs(path: string, arrays: readonly NpyArray[], chosen: NpyArray | undefined): FoundArrays | undefined {
  try {
    return findPairs(path, arrays)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const isOther = (array: NpyArray) => array !== chosen && pictureLayout(array.header.shape, false) !== undefined
    return findPairs(
      path,
      arrays.filter((array) => !isOther(array)),
    )
  }
}

function noPair(path: string, { readable, problems }: Arrays): DataError {
  const [problem] = problems
  if (problem !== undefined) return new DataError(problem.message)
  const held = readable.map((array) => `${array.bytes.key} ${shapeOf(array)}`)
  const shown = held.slice(0, 6).join(', ') + (held.length > 6 ? ' …' : '')
  return new DataError(
    `${path} holds ${shown}, of which none is known as pictures with its labels; name them images and labels, x and y, or train_images and train_labels.`,
  )
}

function shapeOf({ header }: NpyArray): string {
  return `(${header.shape.join(', ')}) ${npyTypeName(header.type)}`
}

function isNpyName(name: string): boolean {
  return extname(name).toLowerCase() === '.npy'
}

async function firstBytes(path: string): Promise<Uint8Array> {
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(8), 0, 8, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await file.close()
  }
}

async function addFiles(folder: string, names: readonly string[], arrays: Arrays): Promise<void> {
  for (const name of names) {
    await arrays.add(await npyFile(join(folder, name), name.slice(0, name.length - extname(name).length)))
  }
}

/** False where the archive holds other things than arrays. */
async function addArchive(path: string, arrays: Arrays, archives: NpzArchive[]): Promise<boolean> {
  const archive = await openNpz(path)
  if (archive === undefined) return false
  archives.push(archive)
  for (const bytes of archive.arrays) await arrays.add(bytes)
  return true
}

async function openArrays(
  place: Place,
  { pairs, names, problems }: Found,
  request: OpenRequest,
): Promise<PictureSource> {
  const parts = pairs.map((pair) => ({ ...pair, picture: pictureArray(pair) }))
  const [{ layout }] = parts.map(({ picture }) => picture) as [PictureArray]
  for (const { picture } of parts) requireSameSize(picture, layout, parts)
  const total = parts.reduce((sum, { pictures }) => {
    return sum + pictures.count * pictures.header.type.itemBytes * passesOver(pictures)
  }, 0)
  const stored = []
  for (const { labels } of parts) stored.push(await readLabels(labels))
  const classes = classesOf(stored, await classNames(place, names))
  const stage = new OpeningStage(`Reading ${basename(place.path)}`, total, request)
  const { pixels, values } = await readPictures(
    parts.map(({ picture }) => picture),
    stage,
  )
  const { width, height, channels } = layout
  const bytes = width * height * channels
  let start = 0
  const starts = parts.map(({ picture }) => {
    const own = start
    start += picture.layout.count
    return own
  })
  const partOf = (index: number) => starts.findLastIndex((first) => first <= index)
  return {
    format: 'numpy',
    title: place.path,
    ...classes,
    splitOf: (index) => (parts[partOf(index)] as ArrayPair).split,
    given: {
      validation: parts.some(({ split }) => split === 'validation'),
      test: parts.some(({ split }) => split === 'test'),
    },
    image: { width, height, channels, fit: 'crop' },
    ...(values !== undefined && { pixelValues: values }),
    originalSizes: [{ width, height, count: start }],
    problems,
    pixels: {
      kind: 'memory',
      copy(index, target, offset) {
        const part = partOf(index)
        const position = (index - (starts[part] as number)) * bytes
        target.set((pixels[part] as Uint8Array).subarray(position, position + bytes), offset)
      },
    },
    pathOf: (index) => (parts[partOf(index)] as ArrayPair).pictures.bytes.path,
    originOf: (index) => {
      const part = partOf(index)
      return `${(parts[part] as ArrayPair).pictures.bytes.key} #${index - (starts[part] as number)}`
    },
  }
}

function pictureArray({ pictures, labels }: ArrayPair): PictureArray {
  const { header, bytes } = pictures
  const layout = pictureLayout(header.shape, header.fortranOrder)
  if (layout === undefined) {
    throw new DataError(
      `${bytes.title} has the shape (${header.shape.join(', ')}), which is not that of pictures: [count, height, width], or with 1 or 3 channels in front of the height or behind the width, each side at least 4.`,
    )
  }
  const count = labelCount(labels.header.shape)
  if (count === undefined) {
    throw new DataError(
      `${labels.bytes.title} has the shape (${labels.header.shape.join(', ')}), which is not that of labels: [count], [count, 1], or one-hot [count, classes].`,
    )
  }
  if (count !== layout.count) {
    throw new DataError(
      `${labels.bytes.title} holds ${count} labels but ${bytes.key} holds ${layout.count} pictures; save two arrays that belong together.`,
    )
  }
  return { array: pictures, layout }
}

function requireSameSize(
  { array, layout }: PictureArray,
  first: PictureArray['layout'],
  parts: readonly ArrayPair[],
): void {
  const { width, height, channels } = layout
  if (width === first.width && height === first.height && channels === first.channels) return
  throw new DataError(
    `${array.bytes.title} holds pictures of ${width}×${height}×${channels} but ${parts[0]?.pictures.bytes.key} of ${first.width}×${first.height}×${first.channels}; save arrays that belong together.`,
  )
}

/** From an array of text, or from a text file beside the arrays. */
async function classNames({ folder, files }: Place, names: NpyArray | undefined): Promise<ClassNames | undefined> {
  if (names !== undefined) {
    return {
      from: `${names.bytes.key} in ${basename(names.bytes.path)}`,
      isBeside: false,
      names: (await readElements(names)).map(String),
    }
  }
  const file = NAMES_FILES.find((name) => files.includes(name))
  if (file === undefined) return undefined
  const lines = (await readFile(join(folder, file), 'utf8')).split(/\r?\n/).map((line) => line.trim())
  return { from: file, isBeside: true, names: lines.filter((line) => line !== '') }
}
