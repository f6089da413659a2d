import { realpath } from 'node:fs/promises'
import type { ImageSize } from '../protocol/settings.ts'
import { DataError } from './dataset.ts'
import { closeParts, imageOfParts, joinSources, type OpenedPart } from './joined-source.ts'
import type { PictureMemory } from './picture-memory.ts'
import type { PictureSource } from './picture-source.ts'

/**
 * Opens several files and folders as one data set, with all pictures brought to `image`, or to the size that most of them
 * have. Throws what `open` throws, and DataError where they do not belong together.
 */
export async function openPaths(
  paths: readonly string[],
  open: (path: string, image: ImageSize | undefined) => Promise<PictureSource>,
  image: ImageSize | undefined,
  memory: PictureMemory,
): Promise<PictureSource> {
  await refuseRepeated(paths)
  const parts: OpenedPart[] = []
  try {
    for (const path of paths) parts.push({ path, source: await open(path, image) })
    const common = image ?? imageOfParts(parts)
    for (const [index, { path, source }] of parts.entries()) {
      if (source.pixels.kind === 'memory' || isSame(source.image, common)) continue
      await source.close?.()
      parts[index] = { path, source: await open(path, common) }
    }
    return joinSources(parts, common, memory)
  } catch (error) {
    await closeParts(parts)
    throw error
  }
}

/** Pictures that are there twice would be in training and in the test as well. */
async function refuseRepeated(paths: readonly string[]): Promise<void> {
  const known = new Map<string, string>()
  for (const path of paths) {
    // One that is not there is told when it is opened.
    const real = await realpath(path).catch(() => path)
    const other = known.get(real)
    if (other !== undefined) {
      const what = other === path ? `${path} was chosen twice` : `${other} and ${path} are the same`
      throw new DataError(`${what}; choose each source once.`)
    }
    known.set(real, path)
  }
}

function isSame(one: ImageSize, other: ImageSize): boolean {
  return (
    one.width === other.width && one.height === other.height && one.channels === other.channels && one.fit === other.fit
  )
}
