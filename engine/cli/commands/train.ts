import { access } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { findPreset, presets } from '../../architectures/presets.ts'
import { createRunId } from '../../runs/run-id.ts'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { HostSettings, defaultSettingsFile } from '../../host/host-settings.ts'
import { RunsFolder } from '../../host/runs-folder.ts'
import { networkName } from '../../protocol/network.ts'
import {
  type RunSettings,
  largestLearningRate,
  mostEpochs,
  mostPicturesInBatch,
  providerNames,
  runSettingsSchema,
} from '../../protocol/settings.ts'
import { InputError } from '../input-error.ts'
import { JsonReporter } from '../report/json-reporter.ts'
import { ProgressReporter } from '../report/progress-reporter.ts'
import { integer, positiveNumber } from '../option-parsers.ts'
import { trainInProcess } from '../train-in-process.ts'

interface TrainOptions {
  readonly data: string
  readonly arch: string
  readonly epochs: number
  readonly batch: number
  readonly optimizer: 'adam' | 'adamw' | 'sgd'
  readonly lr?: number
  readonly schedule: 'constant' | 'cosine' | 'step'
  readonly seed: number
  readonly device: string
  readonly out?: string
  readonly json?: true
}

const defaultLearningRates = { adam: 0.003, adamw: 0.003, sgd: 0.01 } as const

/** `filterscope train`: one run in a process of its own, told on the terminal. */
export function trainCommand(spawn: SpawnEngineProcess): Command {
  const architectures = presets.map(({ architecture }) => architecture.name)
  return new Command('train')
    .description('train a network and write a run folder')
    .requiredOption('--data <path>', 'a file or folder of images, or xo for the generated X or O images')
    .addOption(new Option('--arch <name>', 'the network').choices(architectures).default('small'))
    .option('--epochs <count>', 'passes over the training images', integer(1, mostEpochs), 3)
    .option('--batch <count>', 'images in a batch', integer(1, mostPicturesInBatch), 64)
    .addOption(new Option('--optimizer <name>', 'the optimiser').choices(['adam', 'adamw', 'sgd']).default('adam'))
    .option('--lr <rate>', 'learning rate (default: 0.003, 0.01 with sgd)', positiveNumber(largestLearningRate))
    .addOption(
      new Option('--schedule <name>', 'how the learning rate changes')
        .choices(['constant', 'cosine', 'step'])
        .default('cosine'),
    )
    .option('--seed <number>', 'the same seed gives the same run', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .addOption(new Option('--device <name>', 'where to compute').choices(['auto', ...providerNames]).default('auto'))
    .option('--out <folder>', 'the new run folder (default: a new one where the workbench keeps its runs)')
    .option('--json', 'print JSON lines only')
    .action(async (options: TrainOptions) => {
      process.exitCode = await train(options, spawn)
    })
}

/** Resolves to the exit code. Throws InputError. */
async function train(options: TrainOptions, spawn: SpawnEngineProcess): Promise<number> {
  const settings = toSettings(options)
  if (settings.data.source.kind === 'path') await requirePath(settings.data.source.path)
  const runId = createRunId(networkName(settings.network), new Date())
  const runFolder = options.out === undefined ? join(usualRunsFolder(), runId) : resolve(options.out)
  const reporter = options.json ? new JsonReporter() : new ProgressReporter()
  const end = await trainInProcess(spawn, { kind: 'start', runFolder, runId, settings }, reporter)
  if (end.failure !== undefined) process.stderr.write(`${end.failure}\n`)
  return end.exitCode
}

/** The same as the workbench has: its runs and those trained here are in one list. */
function usualRunsFolder(): string {
  return new RunsFolder(undefined, new HostSettings(defaultSettingsFile())).path
}

function toSettings(options: TrainOptions): RunSettings {
  if (options.data === '') throw new InputError('The path of --data is empty; give it an existing path, or xo.')
  const preset = findPreset(options.arch)
  if (preset === undefined) throw new InputError(`There is no architecture called "${options.arch}".`)
  const source = options.data === 'xo' ? { kind: 'xo', options: {} } : { kind: 'path', path: resolve(options.data) }
  const optimizer =
    options.optimizer === 'sgd'
      ? { kind: 'sgd' }
      : { kind: 'adam', ...(options.optimizer === 'adamw' ? { decay: 'decoupled', weightDecay: 0.01 } : {}) }
  return runSettingsSchema.parse({
    data: { source, seed: options.seed },
    network: { kind: 'layers', architecture: preset.architecture },
    training: {
      epochs: options.epochs,
      batchSize: options.batch,
      learningRate: options.lr ?? defaultLearningRates[options.optimizer],
      optimizer,
      schedule: { kind: options.schedule },
      seed: options.seed,
      device: options.device,
    },
  })
}

async function requirePath(path: string): Promise<void> {
  await access(path).catch(() => {
    throw new InputError(`There is no file or folder at ${path}; give --data an existing path, or xo.`)
  })
}
