import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/** Files and folders named on a command line, without the program, the application's folder and options. */
export function pathArguments(commandLine: readonly string[], isPackaged: boolean, folder: string): string[] {
  return commandLine
    .slice(isPackaged ? 1 : 2)
    .filter((argument) => !argument.startsWith('-'))
    .map((argument) => resolve(folder, argument))
    .filter((path) => existsSync(path))
}
