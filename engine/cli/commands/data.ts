import { Command } from 'commander'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { InspectorSupervisor } from '../../host/inspector-supervisor.ts'
import { RequestError } from '../../host/request-error.ts'
import type { DataProgress } from '../../protocol/messages.ts'
import { dataSettingsSchema } from '../../protocol/settings.ts'
import { sourceOfArguments } from '../data-paths.ts'
import { InputError } from '../input-error.ts'
import { dataAsJson, dataAsText } from '../report/data-report.ts'

/** `filterscope data`: what a data set holds, read by a process of its own, which a damaged file may take down. */
export function dataCommand(spawn: SpawnEngineProcess): Command {
  return new Command('data')
    .description('tell what a data set holds: its format, classes, splits, sizes, and what cannot be used')
    .argument('<path...>', 'files and folders of images: several are looked at as one data set')
    .option('--json', 'print one JSON object')
    .action(async (paths: readonly string[], { json }: { json?: true }) => {
      const source = await sourceOfArguments(paths, 'data')
      const inspector = new InspectorSupervisor(spawn, showProgress)
      try {
        const settings = dataSettingsSchema.parse({ source })
        const { summary } = await inspector.call('data.open', { settings })
        clearLine()
        process.stdout.write(`${json ? JSON.stringify(dataAsJson(summary)) : dataAsText(summary)}\n`)
      } catch (error) {
        clearLine()
        if (error instanceof RequestError && error.code === 'badInput') {
          throw new InputError(error.message, { cause: error })
        }
        throw error
      } finally {
        inspector.close()
      }
    })
}

function showProgress({ stage, done, total }: DataProgress): void {
  if (!process.stderr.isTTY) return
  clearLine()
  process.stderr.write(` ${stage}: ${done.toLocaleString('en')} of ${total.toLocaleString('en')}`)
}

function clearLine(): void {
  if (process.stderr.isTTY) process.stderr.write('\r\u001b[2K')
}
