import { join } from 'node:path'
import { userCacheFolder } from '../../../cache/user-cache-folder.ts'
import { DataError } from '../../dataset.ts'
import type { PictureSource } from '../../picture-source.ts'
import { isPictureName } from '../picture-names.ts'
import { type Opener, type OpenRequest, type Place, placeAt } from '../reader.ts'
import type { ArchiveKind } from './archive-kind.ts'
import { unpack } from './unpack.ts'
import { usualLimits } from './unpack-target.ts'
import { UnpackedFolders } from './unpacked-folders.ts'

/**
 * Opens what an archive holds: unpacked once into the user's cache folder, then recognised like any folder. Everything
 * that is said of it names the archive, not where it was unpacked to.
 */
export async function openArchive(
  path: string,
  kind: ArchiveKind,
  recognise: (place: Place) => Promise<Opener>,
  request: OpenRequest,
): Promise<PictureSource> {
  const folders = new UnpackedFolders(userCacheFolder('unpacked'))
  const { folder, release } = await folders.get(path, (target) => unpack(path, kind, target, usualLimits, request))
  const renamed = (text: string) => text.replaceAll(folder, path)
  try {
    const open = await recognise(await innermost(await placeInside(folder, path)))
    const source = await open(request)
    return {
      ...source,
      title: path,
      problems: source.problems.map((problem) => ({ path: renamed(problem.path), message: renamed(problem.message) })),
      pathOf: (index) => renamed(source.pathOf(index)),
      originOf: (index) => renamed(source.originOf(index)),
      close: async () => {
        await source.close?.()
        await release()
      },
    }
  } catch (error) {
    await release()
    if (error instanceof DataError) throw new DataError(renamed(error.message), { cause: error })
    throw error
  }
}

async function placeInside(folder: string, archive: string): Promise<Place> {
  try {
    return await placeAt(folder)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new DataError(`${archive} holds no files; choose another archive.`, { cause: error })
  }
}

const DATA_NAMES = /\.(np[yz]|parquet|bin|csv|tsv|gz)$|ubyte/i

/** Most archives hold one folder that holds everything; a readme beside it does not make two. */
async function innermost(place: Place): Promise<Place> {
  const [only, second] = place.folders
  const holdsData = place.files.some((name) => isPictureName(name) || DATA_NAMES.test(name))
  if (only === undefined || second !== undefined || holdsData) return place
  return innermost(await placeAt(join(place.path, only)))
}
