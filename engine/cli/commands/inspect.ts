import { resolve } from 'node:path'
import { Command } from 'commander'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { InspectorSupervisor } from '../../host/inspector-supervisor.ts'
import { RequestError } from '../../host/request-error.ts'
import { InputError } from '../input-error.ts'
import { modelAsJson, modelAsText } from '../report/model-report.ts'

/** `filterscope inspect`: what a model file holds, read by a process of its own, which a damaged file may take down. */
export function inspectCommand(spawn: SpawnEngineProcess): Command {
  return new Command('inspect')
    .description('list what an ONNX file takes and gives, its layers with filters, and what can be trained')
    .argument('<model>', 'an .onnx file')
    .option('--json', 'print one JSON object')
    .action(async (model: string, { json }: { json?: true }) => {
      const inspector = new InspectorSupervisor(spawn, () => undefined)
      try {
        const summary = await inspector.call('models.open', { path: resolve(model) })
        process.stdout.write(`${json ? JSON.stringify(modelAsJson(summary)) : modelAsText(summary)}\n`)
      } catch (error) {
        if (error instanceof RequestError) throw new InputError(error.message, { cause: error })
        throw error
      } finally {
        inspector.close()
      }
    })
}
