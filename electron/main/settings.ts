import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'

const settingsSchema = z.object({
  bounds: z
    .object({
      x: z.number().int(),
      y: z.number().int(),
      width: z.number().int().positive(),
      height: z.number().int().positive(),
      isMaximized: z.boolean(),
    })
    .optional(),
  /** Opened files and folders, newest first. */
  recentPaths: z.array(z.string()).default([]),
})
export type Settings = z.infer<typeof settingsSchema>
export type WindowBounds = NonNullable<Settings['bounds']>

/** As many as the menu has keys for. */
const keptPaths = 9

/** What the shell remembers from one start to the next, in one JSON file. */
export class SettingsFile {
  readonly #file: string
  #settings: Settings

  /** Reads `file`; one that cannot be read is kept beside it as `*.unreadable` and said on stderr. */
  constructor(file: string) {
    this.#file = file
    this.#settings = readSettings(file)
  }

  get current(): Settings {
    return this.#settings
  }

  setBounds(bounds: WindowBounds): void {
    this.#write({ ...this.#settings, bounds })
  }

  rememberPath(path: string): void {
    const others = this.#settings.recentPaths.filter((other) => other !== path)
    this.#write({ ...this.#settings, recentPaths: [path, ...others].slice(0, keptPaths) })
  }

  #write(settings: Settings): void {
    this.#settings = settings
    const written = `${this.#file}.new`
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      writeFileSync(written, JSON.stringify(settings, null, 2))
      renameSync(written, this.#file)
    } catch (error) {
      // Losing the window's place is no reason to lose the window.
      console.error(`The settings could not be written to ${this.#file}: ${(error as Error).message}`)
    }
  }
}

function readSettings(file: string): Settings {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT') console.error(`The settings could not be read, so they begin anew: ${message}`)
    return settingsSchema.parse({})
  }
  try {
    return settingsSchema.parse(JSON.parse(text))
  } catch {
    renameSync(file, `${file}.unreadable`)
    console.error(`The settings in ${file} could not be read; they were kept as ${file}.unreadable and begin anew.`)
    return settingsSchema.parse({})
  }
}
