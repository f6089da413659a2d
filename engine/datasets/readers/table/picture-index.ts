import { basename, extname, join, sep } from 'node:path'
import { picturesBelow } from '../pictures-below.ts'

/** The pictures below a folder, found by the ways in which tables name them. */
export class PictureIndex {
  /** Path below the folder, with slashes, of every picture; sorted. */
  readonly names: readonly string[]
  readonly #known: ReadonlySet<string>
  /** By file name, and by file name without its ending; undefined where several are called so. */
  readonly #byName = new Map<string, string | undefined>()

  private constructor(names: readonly string[]) {
    this.names = names
    this.#known = new Set(names)
    for (const name of names) {
      const file = basename(name)
      for (const key of new Set([file, file.slice(0, file.length - extname(file).length)])) {
        this.#byName.set(key, this.#byName.has(key) ? undefined : name)
      }
    }
  }

  static async of(folder: string): Promise<PictureIndex> {
    const found = await picturesBelow(folder)
    return new PictureIndex(found.map((name) => name.replaceAll(sep, '/')))
  }

  /** The picture that a table calls `name`: its path below the folder, its file name, or that without its ending. */
  find(name: string): string | undefined {
    const wanted = join(name).replaceAll('\\', '/').replace(/^\.\//, '')
    if (this.#known.has(wanted)) return wanted
    return this.#byName.get(basename(wanted))
  }
}
