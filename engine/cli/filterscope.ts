import { Command, CommanderError } from 'commander'
import packageDescription from '../../package.json' with { type: 'json' }
import { forkEngineProcesses } from '../host/fork-engine-process.ts'
import { architecturesCommand } from './commands/architectures.ts'
import { dataCommand } from './commands/data.ts'
import { devicesCommand } from './commands/devices.ts'
import { exportCommand } from './commands/export.ts'
import { inspectCommand } from './commands/inspect.ts'
import { serveCommand } from './commands/serve.ts'
import { trainCommand } from './commands/train.ts'
import { InputError } from './input-error.ts'
import { printable } from './report/printable.ts'

/** The `filterscope` command. Exit codes: 0, 1 it failed, 2 the input or the usage was at fault. */
const { version } = packageDescription
const folder = import.meta.dirname
const spawn = forkEngineProcesses(folder)

const program = new Command('filterscope')
  .description('Are the filters of a convolutional network learning something, or are they still noise?')
  .version(version)
  .exitOverride()
  .showSuggestionAfterError(false)

for (const command of [
  trainCommand(spawn),
  serveCommand({ spawn, version, programFolder: folder }),
  inspectCommand(spawn),
  dataCommand(spawn),
  architecturesCommand(),
  devicesCommand(spawn),
  exportCommand(),
]) {
  program.addCommand(command.copyInheritedSettings(program))
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

function explain(error: unknown): number {
  // Commander has printed its sentence; asked for help or the version, it ends this way too, with code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  process.stderr.write(`${printable(error instanceof Error ? error.message : String(error))}\n`)
  return error instanceof InputError ? 2 : 1
}
