import { basename } from 'node:path'
import type { DataProblem, SplitName } from '../protocol/data.ts'
import type { ImageSize } from '../protocol/settings.ts'
import { commonImage, countSizes } from './common-image.ts'
import { DataError } from './dataset.ts'
import type { PictureMemory } from './picture-memory.ts'
import { type PicturePixels, type PictureSource, pictureBytes } from './picture-source.ts'
import { splitInName } from './readers/split-names.ts'
import { resizedSource } from './resized-source.ts'

/** A source as it was opened, and as what. */
export interface OpenedPart {
  readonly path: string
  readonly source: PictureSource
}

const SIZES_LISTED = 20

/** The size that pictures of several sources are brought to: that of all, else the most frequent, in colour where any is. */
export function imageOfParts(parts: readonly OpenedPart[]): ImageSize {
  const [first] = parts as [OpenedPart]
  if (areAlike(parts, ({ image }) => image)) return first.source.image
  const sizes = countSizes(parts.flatMap(({ source }) => source.originalSizes))
  return commonImage(
    sizes,
    parts.every(({ source }) => source.image.channels === 1),
  )
}

/**
 * Several sources as one: classes of the same name are one class, and each picture stays in the split its source puts it
 * into. A source without splits whose own name says one ('test') is that split. Pictures are brought to `image`, to which
 * those of sources that decode must have been opened. Throws DataError where they do not belong together.
 */
export function joinSources(opened: readonly OpenedPart[], image: ImageSize, memory: PictureMemory): PictureSource {
  requireLabels(opened)
  const parts = opened.map(({ path, source }) => ({ path, source: resizedSource(source, image, memory) }))
  const isUnlabelled = parts.every(({ source }) => source.unlabelled)
  const splitOfPart = splitsByName(parts)
  const all = parts.flatMap(({ source, path }, part) =>
    Array.from(source.labels, (label, index): Picture => ({
      part,
      index,
      split: splitOfPart[part] ?? source.splitOf(index),
      className: source.classNames[label] ?? '',
      path,
    })),
  )
  if (!all.some(({ split }) => split === 'train')) {
    throw new DataError(
      `${namesOf(parts)} hold pictures for ${[...new Set(all.map(({ split }) => split))].join(' and ')} but none to train on; add a source of training pictures.`,
    )
  }
  const { classNames, problems } = isUnlabelled ? { classNames: [], problems: [] } : trainedClasses(parts, all)
  const labelOf = new Map(classNames.map((name, label) => [name, label]))
  const pictures = isUnlabelled ? all : all.filter(({ className }) => labelOf.has(className))
  const sourceOf = ({ part }: Picture) => (parts[part] as OpenedPart).source
  const pictureAt = (index: number) => pictures[index] as Picture
  const [first] = parts as [OpenedPart]
  const { classNamesFrom, pixelValues } = first.source
  return {
    format: parts.every(({ source }) => source.format === first.source.format) ? first.source.format : 'joined',
    title: parts.map(({ source }) => source.title).join(' + '),
    classNames,
    ...(areAlike(parts, ({ classNamesFrom }) => classNamesFrom) && classNamesFrom && { classNamesFrom }),
    ...(isUnlabelled && { unlabelled: true }),
    labels: Uint16Array.from(pictures, ({ className }) => labelOf.get(className) ?? 0),
    splitOf: (index) => pictureAt(index).split,
    given: {
      validation: pictures.some(({ split }) => split === 'validation'),
      test: pictures.some(({ split }) => split === 'test'),
    },
    image,
    ...(areAlike(parts, ({ pixelValues }) => pixelValues) && pixelValues && { pixelValues }),
    originalSizes: countSizes(parts.flatMap(({ source }) => source.originalSizes)).slice(0, SIZES_LISTED),
    problems: [...parts.flatMap(({ source }) => source.problems), ...problems],
    pixels: joinedPixels(
      parts.map(({ source }) => source.pixels),
      pictureAt,
      pictureBytes(image),
    ),
    pathOf: (index) => sourceOf(pictureAt(index)).pathOf(pictureAt(index).index),
    originOf: (index) => {
      const picture = pictureAt(index)
      return `${basename(picture.path)}: ${sourceOf(picture).originOf(picture.index)}`
    },
    close: () => closeParts(opened),
  }
}

/** Gives back what the sources hold outside of memory. */
export async function closeParts(parts: readonly OpenedPart[]): Promise<void> {
  for (const { source } of parts) await source.close?.()
}

/** A picture of one of the sources. */
interface Picture {
  readonly part: number
  /** Its position there. */
  readonly index: number
  readonly split: SplitName
  readonly className: string
  readonly path: string
}

function requireLabels(parts: readonly OpenedPart[]): void {
  const without = parts.find(({ source }) => source.unlabelled)
  const labelled = parts.find(({ source }) => !source.unlabelled)
  if (without === undefined || labelled === undefined) return
  throw new DataError(
    `${without.path} holds pictures without labels, but those of ${labelled.path} have some; put the pictures of each class into a folder named after it, or open them alone.`,
  )
}

/** What the name of each part says of all its pictures; undefined where it has splits itself, or where only it is named. */
function splitsByName(parts: readonly OpenedPart[]): readonly (SplitName | undefined)[] {
  const named = parts.map(({ path, source }) =>
    source.given.validation || source.given.test ? undefined : splitInName(basename(path)),
  )
  // Parts of one split only are all there is to learn from.
  const areAllHeldOut = parts.every((_, part) => named[part] !== undefined && named[part] === named[0])
  return areAllHeldOut ? named.map(() => 'train') : named
}

/** Classes with a picture to train on, in the order of the sources; the others are reported at the source they are in. */
function trainedClasses(
  parts: readonly OpenedPart[],
  pictures: readonly Picture[],
): { readonly classNames: readonly string[]; readonly problems: readonly DataProblem[] } {
  const trained = new Set(pictures.filter(({ split }) => split === 'train').map(({ className }) => className))
  const named = [...new Set(parts.flatMap(({ source }) => source.classNames))]
  const problems = named
    .filter((name) => !trained.has(name))
    .map((name) => ({
      path: parts.find(({ source }) => source.classNames.includes(name))?.path ?? '',
      message: `Class “${name}” has no readable picture for training in any source, so it is left out.`,
    }))
  return { classNames: named.filter((name) => trained.has(name)), problems }
}

function joinedPixels(
  pixels: readonly PicturePixels[],
  pictureAt: (index: number) => Picture,
  bytes: number,
): PicturePixels {
  const copyOf = (index: number, target: Uint8Array, offset: number) => {
    const { part, index: inPart } = pictureAt(index)
    const own = pixels[part]
    if (own?.kind === 'memory') own.copy(inPart, target, offset)
    return own?.kind === 'memory'
  }
  if (pixels.every(({ kind }) => kind === 'memory')) {
    return { kind: 'memory', copy: (index, target, offset) => void copyOf(index, target, offset) }
  }
  const peek = (index: number) => {
    const { part, index: inPart } = pictureAt(index)
    const own = pixels[part]
    if (own?.kind === 'decoded') return own.peek(inPart)
    const copy = new Uint8Array(bytes)
    copyOf(index, copy, 0)
    return copy
  }
  return {
    kind: 'decoded',
    peek,
    decode: (index) => {
      const { part, index: inPart } = pictureAt(index)
      const own = pixels[part]
      return own?.kind === 'decoded' ? own.decode(inPart) : Promise.resolve(peek(index) as Uint8Array)
    },
  }
}

function areAlike(parts: readonly OpenedPart[], what: (source: PictureSource) => unknown): boolean {
  return new Set(parts.map(({ source }) => JSON.stringify(what(source)))).size === 1
}

function namesOf(parts: readonly OpenedPart[]): string {
  return parts.map(({ path }) => path).join(' and ')
}
