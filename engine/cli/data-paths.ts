import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { sourceOfPaths } from '../protocol/data-source.ts'
import { type DataSource, mostSources } from '../protocol/settings.ts'
import { InputError } from './input-error.ts'

/** For an option that may be given several times. */
export function collected(path: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, path]
}

/** Files and folders given on the command line, joined to one data set. Throws InputError where one is not there. */
export async function sourceOfArguments(paths: readonly string[], what: string): Promise<DataSource> {
  if (paths.includes('')) throw new InputError(`A path of ${what} is empty; give it that of a file or folder.`)
  if (paths.length > mostSources) {
    throw new InputError(`${what} names ${paths.length} sources; at most ${mostSources} are joined to one data set.`)
  }
  const resolved = paths.map((path) => resolve(path))
  for (const path of resolved) {
    await access(path).catch(() => {
      throw new InputError(`There is no file or folder at ${path}; give ${what} the path of one.`)
    })
  }
  return sourceOfPaths(resolved)
}
