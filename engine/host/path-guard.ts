import { realpath } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { pathsOf, sourceOfPaths } from '../protocol/data-source.ts'
import type { Picture } from '../protocol/requests.ts'
import type { DataSettings } from '../protocol/settings.ts'
import { RequestError } from './request-error.ts'

/** Which paths of this machine a window may name. */
export class PathGuard {
  /** undefined: every path; the desktop's windows are the user's own. */
  readonly root: string | undefined
  readonly #alsoAllowed: readonly string[]

  constructor(root: string | undefined, alsoAllowed: readonly string[]) {
    this.root = root
    this.#alsoAllowed = alsoAllowed
  }

  /** The real path of something that exists, symbolic links followed. Throws RequestError where it is missing or outside. */
  async confine(path: string): Promise<string> {
    const real = await realpath(absolute(path)).catch((error: unknown) => {
      throw new RequestError('notFound', `${path} does not exist or cannot be opened.`, { cause: error })
    })
    await this.#check(path, real)
    return real
  }

  /** The same for a folder that may still have to be made: its nearest parent that exists decides. */
  async confineNew(path: string): Promise<string> {
    const wanted = absolute(path)
    let parent = wanted
    for (;;) {
      const real = await realpath(parent).catch(() => undefined)
      if (real !== undefined) {
        await this.#check(path, real)
        return resolve(real, relative(parent, wanted))
      }
      parent = dirname(parent)
    }
  }

  async confinePicture(picture: Picture): Promise<Picture> {
    return picture.kind === 'file' ? { kind: 'file', path: await this.confine(picture.path) } : picture
  }

  async confineData(settings: DataSettings): Promise<DataSettings> {
    if (settings.source.kind === 'xo') return settings
    const paths = await Promise.all(pathsOf(settings.source).map((path) => this.confine(path)))
    return { ...settings, source: sourceOfPaths(paths) }
  }

  async #check(path: string, real: string): Promise<void> {
    if (this.root === undefined) return
    for (const folder of [this.root, ...this.#alsoAllowed]) {
      if (isWithin(await realpath(folder).catch(() => folder), real)) return
    }
    throw new RequestError(
      'badInput',
      `${path} is outside ${this.root}, the only folder this server shows; choose something in it, or start the server with another --root.`,
    )
  }
}

/** True for `folder` itself and everything below it; both are absolute, without symbolic links. */
export function isWithin(folder: string, path: string): boolean {
  const below = relative(folder, path)
  return below === '' || (below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below))
}

function absolute(path: string): string {
  return resolve(path.replace(/^~(?=$|[\\/])/, homedir()))
}
