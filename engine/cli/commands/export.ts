import { resolve } from 'node:path'
import { Command } from 'commander'
import { ExportError, FilesExistError } from '../../exports/export-error.ts'
import { type ExportPaths, exportRun } from '../../exports/export-run.ts'
import { RunError } from '../../runs/run-error.ts'
import { InputError } from '../input-error.ts'
import { integer } from '../option-parsers.ts'

interface ExportCommandOptions {
  readonly onnx?: string
  readonly npz?: string
  readonly csv?: string
  readonly trainingGraph?: string
  readonly step?: number
  readonly replace?: true
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
    .option('--replace', 'write over files of those names')
    .action(async (run: string, options: ExportCommandOptions) => {
      try {
        await exportFiles(resolve(run), options)
      } catch (error) {
        if (error instanceof FilesExistError) throw new InputError(error.message.replace(/[.]$/, ' with --replace.'))
        if (error instanceof RunError || error instanceof ExportError) throw new InputError(error.message)
        throw error
      }
    })
}

async function exportFiles(run: string, options: ExportCommandOptions): Promise<void> {
  const { onnx, npz, csv, trainingGraph, step, replace = false } = options
  const given = Object.entries({ onnx, npz, csv, trainingGraph }).filter(([, file]) => file !== undefined)
  if (given.length === 0) {
    throw new InputError('There is nothing to export; name a file with --onnx, --npz, --csv or --training-graph.')
  }
  const paths: ExportPaths = Object.fromEntries(given.map(([part, file]) => [part, resolve(file as string)]))
  const written = await exportRun(run, paths, { step, mayReplace: () => replace })
  for (const { path } of written) process.stdout.write(`${path}\n`)
}
