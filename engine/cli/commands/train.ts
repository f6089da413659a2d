import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { z } from 'zod'
import { createRunId } from '../../runs/run-id.ts'
import type { SpawnEngineProcess } from '../../host/engine-process.ts'
import { HostSettings, defaultSettingsFile } from '../../host/host-settings.ts'
import { RunsFolder } from '../../host/runs-folder.ts'
import type { Augmentation } from '../../protocol/augmentation.ts'
import { networkName, type NetworkSettings } from '../../protocol/network.ts'
import { recommendedTraining, type Recommendation } from '../../protocol/recommended-training.ts'
import {
  type ClassBalance,
  type Control,
  type DataSource,
  type RunSettings,
  type TrainingSettings,
  classBalanceSchema,
  largestLearningRate,
  mostEpochs,
  mostPicturesInBatch,
  providerNames,
  runSettingsSchema,
  xoOptionsSchema,
  type trainingSettingsSchema,
} from '../../protocol/settings.ts'
import { augmentHelp, parseAugmentation } from '../augment-option.ts'
import { collected, sourceOfArguments } from '../data-paths.ts'
import { InputError } from '../input-error.ts'
import { JsonReporter } from '../report/json-reporter.ts'
import { ProgressReporter } from '../report/progress-reporter.ts'
import { integer, positiveNumber } from '../option-parsers.ts'
import { modelNetworkSettings } from '../model-options.ts'
import { readArchitecture } from '../read-architecture.ts'
import { type PreprocessingChoice, preprocessingChoices } from '../preprocessing-choices.ts'
import { trainInProcess } from '../train-in-process.ts'

interface TrainOptions {
  readonly data: readonly string[]
  readonly control?: string
  readonly arch?: string
  readonly from?: string
  readonly freezeUntil?: string
  readonly head?: 'auto' | 'replace' | 'keep'
  readonly preprocessing?: PreprocessingChoice
  readonly bodyRate?: number
  readonly batchNorm?: 'frozen' | 'trained'
  readonly epochs?: number
  readonly batch?: number
  readonly optimizer?: 'adam' | 'adamw' | 'sgd'
  readonly lr?: number
  readonly schedule?: 'constant' | 'cosine' | 'step'
  readonly balance?: ClassBalance
  readonly augment?: Augmentation
  readonly seed: number
  readonly device: string
  readonly out?: string
  readonly json?: true
}

const controls: Readonly<Record<string, Control>> = {
  'shuffled-labels': 'shuffledLabels',
  'white-noise': 'whiteNoise',
  'pixel-noise': 'pixelNoise',
}

const usualSgdRate = 0.01

/** `--help` says what is used where nothing is given. */
function defaultsHelp(): string {
  const line = (what: string, { training }: Recommendation) => {
    const { optimizer, learningRate, schedule, batchSize, epochs } = training
    const decay = optimizer.decay === 'decoupled' ? `, weight decay ${optimizer.weightDecay}` : ''
    const name = `${optimizer.kind}${optimizer.decay === 'decoupled' ? 'w' : ''}`
    return `  ${what.padEnd(20)}${name}${decay}, learning rate ${learningRate} (${schedule.kind}), batch ${batchSize}, ${epochs} epochs`
  }
  return [
    'Where nothing else is given:',
    line('--from', recommendedTraining({ kind: 'model' }, 'path')),
    line('small on xo', recommendedTraining({ kind: 'layers', name: 'small' }, 'xo')),
    line('anything else', recommendedTraining({ kind: 'layers', name: 'lenet5' }, 'path')),
    `sgd learns at ${usualSgdRate}, adamw decays weights by 0.01.`,
  ].join('\n')
}

/** `filterscope train`: one run in a process of its own, told on the terminal. */
export function trainCommand(spawn: SpawnEngineProcess): Command {
  return new Command('train')
    .description('train a network and write a run folder')
    .requiredOption(
      '--data <path>',
      'a file or folder of images, or xo for the generated X or O images; several times for sources that are joined',
      collected,
    )
    .addOption(
      new Option('--control <what>', 'in place of the data, something like it with nothing to learn').choices(
        Object.keys(controls),
      ),
    )
    .option('--arch <network>', 'a new network: a name that `architectures` lists, or a .yaml file (default: small)')
    .addOption(new Option('--from <file>', 'a model to train further, an .onnx file').conflicts('arch'))
    .option('--freeze-until <layer>', 'with --from: keep this layer and all before it as they are')
    .addOption(
      new Option(
        '--head <what>',
        'with --from: what becomes of the last layer (default: auto, kept where it fits)',
      ).choices(['auto', 'replace', 'keep']),
    )
    .addOption(
      new Option(
        '--preprocessing <name>',
        'with --from: how pixels become its input (default: what the file says)',
      ).choices(preprocessingChoices),
    )
    .option(
      '--body-rate <factor>',
      'with --from: learning rate of all but the last layer (default: 0.1 of it)',
      positiveNumber(1000),
    )
    .addOption(
      new Option(
        '--batch-norm <what>',
        'with --from: statistics of the file, or of the batches (default: frozen)',
      ).choices(['frozen', 'trained']),
    )
    .option('--epochs <count>', 'passes over the training images', integer(1, mostEpochs))
    .option('--batch <count>', 'images in a batch', integer(1, mostPicturesInBatch))
    .addOption(new Option('--optimizer <name>', 'the optimiser').choices(['adam', 'adamw', 'sgd']))
    .option('--lr <rate>', 'learning rate', positiveNumber(largestLearningRate))
    .addOption(new Option('--schedule <name>', 'how the learning rate changes').choices(['constant', 'cosine', 'step']))
    .addOption(
      new Option(
        '--balance <how>',
        'even out classes of unequal size: rarer ones count more in the loss, or are drawn as often',
      ).choices(classBalanceSchema.options),
    )
    .option('--augment <changes>', augmentHelp, parseAugmentation)
    .option('--seed <number>', 'the same seed gives the same run', integer(0, Number.MAX_SAFE_INTEGER), 0)
    .addOption(new Option('--device <name>', 'where to compute').choices(['auto', ...providerNames]).default('auto'))
    .option('--out <folder>', 'the new run folder (default: a new one where the workbench keeps its runs)')
    .option('--json', 'print JSON lines only')
    .addHelpText('after', `\n${defaultsHelp()}`)
    .action(async (options: TrainOptions) => {
      process.exitCode = await train(options, spawn)
    })
}

/** Resolves to the exit code. Throws InputError. */
async function train(options: TrainOptions, spawn: SpawnEngineProcess): Promise<number> {
  const { settings, assumptions } = toSettings(options, await toSource(options.data))
  const runId = createRunId(networkName(settings.network), new Date())
  const runFolder = options.out === undefined ? join(usualRunsFolder(), runId) : resolve(options.out)
  const reporter = options.json ? new JsonReporter() : new ProgressReporter()
  for (const sentence of assumptions) reporter.notice(sentence)
  const end = await trainInProcess(spawn, { kind: 'start', runFolder, runId, settings }, reporter)
  if (end.failure !== undefined) process.stderr.write(`${end.failure}\n`)
  return end.exitCode
}

/** The same as the workbench has: its runs and those trained here are in one list. */
function usualRunsFolder(): string {
  return new RunsFolder(undefined, new HostSettings(defaultSettingsFile())).path
}

function toSettings(
  options: TrainOptions,
  source: DataSource,
): {
  readonly settings: RunSettings
  readonly assumptions: readonly string[]
} {
  const { network, assumptions } = toNetwork(options)
  const recommended = recommendedFor(network, source.kind)
  const settings = runSettingsSchema.parse({
    data: { source, control: controls[options.control ?? ''], seed: options.seed },
    network,
    training: {
      ...recommended,
      ...optimizerChoice(options.optimizer),
      ...(options.epochs === undefined ? {} : { epochs: options.epochs }),
      ...(options.batch === undefined ? {} : { batchSize: options.batch }),
      ...(options.lr === undefined ? {} : { learningRate: options.lr }),
      ...(options.schedule === undefined ? {} : { schedule: { kind: options.schedule } }),
      ...(options.balance === undefined ? {} : { classBalance: options.balance }),
      ...(options.augment === undefined ? {} : { augmentation: options.augment }),
      seed: options.seed,
      device: options.device,
    },
  })
  return { settings, assumptions }
}

function recommendedFor(network: NetworkSettings, source: DataSource['kind']): TrainingSettings {
  const inFront = network.kind === 'model' ? network : { kind: network.kind, name: network.architecture.name }
  return recommendedTraining(inFront, source).training
}

/** An optimiser that was asked for has its usual weight decay, and SGD its usual rate; all else stays as recommended. */
function optimizerChoice(name: TrainOptions['optimizer']): Partial<z.input<typeof trainingSettingsSchema>> {
  switch (name) {
    case undefined:
      return {}
    case 'sgd':
      return { optimizer: { kind: 'sgd' }, learningRate: usualSgdRate }
    case 'adam':
      return { optimizer: { kind: 'adam' } }
    case 'adamw':
      return { optimizer: { kind: 'adam', decay: 'decoupled', weightDecay: 0.01 } }
  }
}

function toNetwork(options: TrainOptions): ReturnType<typeof modelNetworkSettings> {
  if (options.from !== undefined) return modelNetworkSettings({ ...options, from: options.from })
  const { freezeUntil, head, preprocessing, bodyRate, batchNorm } = options
  const needsModel = Object.entries({ freezeUntil, head, preprocessing, bodyRate, batchNorm })
  const [lost] = needsModel.find(([, value]) => value !== undefined) ?? []
  if (lost !== undefined) {
    const option = lost.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
    throw new InputError(`--${option} is about a model that is trained further; name its file with --from.`)
  }
  return { network: { kind: 'layers', architecture: readArchitecture(options.arch ?? 'small') }, assumptions: [] }
}

/** Throws InputError. */
async function toSource(data: readonly string[]): Promise<DataSource> {
  if (!data.includes('xo')) return sourceOfArguments(data, '--data')
  if (data.length > 1) throw new InputError('xo is generated, so --data cannot join it with files; give it alone.')
  return { kind: 'xo', options: xoOptionsSchema.parse({}) }
}
