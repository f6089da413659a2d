import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { type ExportedRun, exportCsv, exportNpz, exportOnnx, exportTrainingGraphs } from '../../networks/export-run.ts'
import { RunError } from '../../runs/run-error.ts'
import { type RunFolder, openRunFolder } from '../../runs/run-folder.ts'
import { readRunLog } from '../../runs/run-log.ts'
import { InputError } from '../input-error.ts'
import { integer } from '../option-parsers.ts'

interface ExportOptions {
  readonly onnx?: string
  readonly npz?: string
  readonly csv?: string
  readonly trainingGraph?: string
  readonly step?: number
}

/** `filterscope export`: writes what a run holds as files for other programs. */
export function exportCommand(): Command {
  return new Command('export')
    .description('write the network, the weights or the curves of a run for other programs')
    .argument('<run>', 'a run folder')
    .option('--onnx <file>', 'the network; of a model that was trained further, its own file with what it learnt')
    .option('--npz <file>', 'all weights, for NumPy')
    .option('--csv <file>', 'losses and accuracies, step by step')
    .option('--training-graph <file>', 'one step of training as ONNX, and beside it what it begins with')
    .option('--step <number>', 'the kept step whose weights are written (default: the last)', integer(0, 2 ** 40))
    .action(async (run: string, options: ExportOptions) => {
      try {
        await exportFiles(resolve(run), options)
      } catch (error) {
        if (error instanceof RunError) throw new InputError(error.message)
        throw error
      }
    })
}

async function exportFiles(path: string, options: ExportOptions): Promise<void> {
  const { onnx, npz, csv, trainingGraph } = options
  if ([onnx, npz, csv, trainingGraph].every((file) => file === undefined)) {
    throw new InputError('There is nothing to export; name a file with --onnx, --npz, --csv or --training-graph.')
  }
  const folder = await openRunFolder(path)
  if (csv !== undefined) await write(csv, exportCsv(await readRunLog(folder.logPath)))
  if (onnx === undefined && npz === undefined && trainingGraph === undefined) return
  const run = await readRun(folder, options.step)
  if (onnx !== undefined) await write(onnx, exportOnnx(run))
  if (npz !== undefined) await write(npz, exportNpz(run))
  if (trainingGraph === undefined) return
  const { step, initial } = exportTrainingGraphs(run)
  await write(trainingGraph, step)
  await write(`${trainingGraph.replace(/[.]onnx$/i, '')}-initial.onnx`, initial)
}

async function readRun(folder: RunFolder, wanted: number | undefined): Promise<ExportedRun> {
  const { settings } = folder
  const description = await folder.description()
  const step = wanted ?? (await folder.snapshotSteps()).at(-1)
  if (description === undefined || step === undefined) {
    throw new InputError(`${folder.path} has kept no weights yet; export it when its training has begun.`)
  }
  const source = settings.network.kind === 'model' ? await folder.readModel('source') : undefined
  return { settings, description, source, weights: await folder.readSnapshot(step) }
}

async function write(file: string, content: string | Uint8Array): Promise<void> {
  await writeFile(file, content).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new InputError(`${file} cannot be written (${reason}); choose another file.`)
  })
  process.stdout.write(`${resolve(file)}\n`)
}
