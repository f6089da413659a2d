import { resolve } from 'node:path'
import { SingleBar } from 'cli-progress'
import { Command } from 'commander'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { InspectorSupervisor } from '../../host/inspector-supervisor.ts'
import { RequestError } from '../../host/request-error.ts'
import { InputError } from '../input-error.ts'
import type { ModelSummary } from '../../protocol/models.ts'
import type { LayerJudgement } from '../../protocol/verdicts.ts'
import { modelAsJson, modelAsText } from '../report/model-report.ts'

/** `filterscope inspect`: what a model file holds, read by a process of its own, which a damaged file may take down. */
export function inspectCommand(spawn: SpawnEngineProcess): Command {
  return new Command('inspect')
    .description('list what an ONNX file takes and gives, its layers, and which of their filters are structured')
    .argument('<model>', 'an .onnx file')
    .option('--json', 'print one JSON object')
    .action(async (model: string, { json }: { json?: true }) => {
      const inspector = new InspectorSupervisor(spawn, () => undefined)
      try {
        const summary = await inspector.call('models.open', { path: resolve(model) })
        const judgements = await judgeLayers(inspector, summary)
        const report = json ? JSON.stringify(modelAsJson(summary, judgements)) : modelAsText(summary, judgements)
        process.stdout.write(`${report}\n`)
      } catch (error) {
        if (error instanceof RequestError) throw new InputError(error.message, { cause: error })
        throw error
      } finally {
        inspector.close()
      }
    })
}

/** By the name of the layer; the first look at a shape takes longest, since chance must be drawn for it. */
async function judgeLayers(inspector: InspectorSupervisor, { path, layers }: ModelSummary) {
  const bar = new SingleBar({
    format: ' {bar} filters of layer {value} of {total} | {eta_formatted} left',
    clearOnComplete: true,
    noTTYOutput: false,
    stream: process.stderr,
  })
  const judgements = new Map<string, LayerJudgement>()
  const refusals: string[] = []
  bar.start(layers.length, 0)
  try {
    for (const { name } of layers) {
      try {
        judgements.set(name, await inspector.call('models.verdict', { path, layer: name }))
      } catch (error) {
        if (!(error instanceof RequestError)) throw error
        // One layer that cannot be judged takes nothing from what is known of the others.
        refusals.push(`Filters of ${name}: ${error.message}`)
      }
      bar.increment()
    }
  } finally {
    bar.stop()
  }
  for (const refusal of refusals) process.stderr.write(`${refusal}\n`)
  return judgements
}
