import { realpathSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'

/** The real path of a file below `folder`, which is a real path itself. Throws Error where it is missing, or a link leads out of the folder. */
export function realPathWithin(folder: string, location: string): string {
  const real = realpathSync(join(folder, location))
  const below = relative(folder, real)
  if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
    throw new Error("it is a link that leads out of the model's folder")
  }
  return real
}
