import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { makeFolder } from '../runs/make-folder.ts'
import { writeWhole } from '../runs/write-whole.ts'

const settingsSchema = z.object({ runsFolder: z.string().min(1).optional() })
type SettingsFile = z.infer<typeof settingsSchema>

export function defaultRunsFolder(): string {
  return join(homedir(), 'Filterscope', 'runs')
}

/** Where the engine's own settings are kept: the user's config folder as each system has it. */
export function defaultSettingsFile(): string {
  const { APPDATA, XDG_CONFIG_HOME } = process.env
  const system = {
    win32: APPDATA ?? join(homedir(), 'AppData', 'Roaming'),
    darwin: join(homedir(), 'Library', 'Application Support'),
  } as Partial<Record<NodeJS.Platform, string>>
  const folder = system[process.platform] ?? XDG_CONFIG_HOME ?? join(homedir(), '.config')
  return join(folder, 'filterscope', 'engine.json')
}

/** What the engine remembers from one start to the next. */
export class HostSettings {
  readonly #file: string
  #settings: SettingsFile

  /** A file that is missing or damaged counts as empty: there is nothing in it that cannot be chosen again. */
  constructor(file: string) {
    this.#file = file
    this.#settings = read(file)
  }

  get runsFolder(): string | undefined {
    return this.#settings.runsFolder
  }

  /** Throws the file system's error. */
  async rememberRunsFolder(runsFolder: string): Promise<void> {
    this.#settings = { ...this.#settings, runsFolder }
    await makeFolder(dirname(this.#file))
    await writeWhole(this.#file, `${JSON.stringify(this.#settings, null, 2)}\n`)
  }
}

function read(file: string): SettingsFile {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    if (!isMissing) console.error(`${file} cannot be read, so its settings are left out.`)
    return {}
  }
}
