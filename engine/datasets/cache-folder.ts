import { homedir } from 'node:os'
import { join } from 'node:path'

/** A folder of Filterscope's own in the user's cache folder, as each system has it; it need not exist. */
export function cacheFolder(name: string): string {
  const { LOCALAPPDATA, XDG_CACHE_HOME } = process.env
  const system = {
    win32: LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'),
    darwin: join(homedir(), 'Library', 'Caches'),
  } as Partial<Record<NodeJS.Platform, string>>
  return join(system[process.platform] ?? XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'filterscope', name)
}
