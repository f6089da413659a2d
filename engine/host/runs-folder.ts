import { defaultRunsFolder, type HostSettings } from './host-settings.ts'
import { Listeners } from './listeners.ts'

/** The folder that holds the runs: given at the start, else the one remembered, else the default. */
export class RunsFolder {
  readonly changed = new Listeners<string>()
  readonly #settings: HostSettings
  #path: string

  constructor(given: string | undefined, settings: HostSettings) {
    this.#settings = settings
    this.#path = given ?? settings.runsFolder ?? defaultRunsFolder()
  }

  get path(): string {
    return this.#path
  }

  /** Throws the file system's error where it cannot be remembered. */
  async change(path: string): Promise<void> {
    await this.#settings.rememberRunsFolder(path)
    this.#path = path
    this.changed.tell(path)
  }
}
