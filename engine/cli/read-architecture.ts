import { readFileSync } from 'node:fs'
import { ArchitectureFileError, parseArchitecture } from '../architectures/architecture-file.ts'
import { findPreset, presets } from '../architectures/presets/presets.ts'
import type { Architecture } from '../protocol/architecture.ts'
import { InputError } from './input-error.ts'

/** A preset by its name, or the architecture of a YAML file. Throws InputError. */
export function readArchitecture(nameOrFile: string): Architecture {
  if (!/\.ya?ml$/i.test(nameOrFile)) {
    const preset = findPreset(nameOrFile)
    if (preset !== undefined) return preset.architecture
    const names = presets.map(({ architecture }) => architecture.name).join(', ')
    throw new InputError(`There is no network called "${nameOrFile}"; choose one of ${names}, or name a .yaml file.`)
  }
  let text: string
  try {
    text = readFileSync(nameOrFile, 'utf8')
  } catch (error) {
    throw new InputError(`${nameOrFile} cannot be read: ${(error as Error).message}; name an existing .yaml file.`, {
      cause: error,
    })
  }
  try {
    return parseArchitecture(text)
  } catch (error) {
    if (error instanceof ArchitectureFileError) throw new InputError(`${nameOrFile} ${error.message}`, { cause: error })
    throw error
  }
}
