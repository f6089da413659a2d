import { access } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { Command, Option } from 'commander'
import { findPreset, presets } from '../../architectures/presets.ts'
import { createRunId } from '../../runs/run-id.ts'
import { type SpawnEngineProcess, exitReason } from '../../host/engine-process.ts'
import { type RunSettings, providerNames, runSettingsSchema } from '../../protocol/settings.ts'
import type { TrainerEvent } from '../../protocol/trainer.ts'
import { InputError } from '../input-error.ts'
import { JsonReporter } from '../report/json-reporter.ts'
import { ProgressReporter } from '../report/progress-reporter.ts'
import { integer, positiveNumber } from '../option-parsers.ts'

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
    .option('--epochs <count>', 'passes over the training images', integer(1), 3)
    .option('--batch <count>', 'images in a batch', integer(1), 64)
    .addOption(new Option('--optimizer <name>', 'the optimiser').choices(['adam', 'adamw', 'sgd']).default('adam'))
    .option('--lr <rate>', 'learning rate (adam and adamw 0.003, sgd 0.01)', positiveNumber)
    .addOption(
      new Option('--schedule <name>', 'how the learning rate changes')
        .choices(['constant', 'cosine', 'step'])
        .default('cosine'),
    )
    .option('--seed <number>', 'the same seed gives the same run', integer(0), 0)
    .addOption(new Option('--device <name>', 'where to compute').choices(['auto', ...providerNames]).default('auto'))
    .option('--out <folder>', 'the new run folder (default: a new one in ~/Filterscope/runs)')
    .option('--json', 'print JSON lines only')
    .action(async (options: TrainOptions) => {
      process.exitCode = await train(options, spawn)
    })
}

/** Resolves to the exit code: 0, 1 where the run failed, 2 where the input was at fault. Throws InputError. */
async function train(options: TrainOptions, spawn: SpawnEngineProcess): Promise<number> {
  const settings = toSettings(options)
  if (settings.data.source.kind === 'path') await requirePath(settings.data.source.path)
  const runId = createRunId(settings.architecture.name, new Date())
  const runFolder = resolve(options.out ?? join(homedir(), 'Filterscope', 'runs', runId))
  const reporter = options.json ? new JsonReporter() : new ProgressReporter()
  const trainer = spawn('trainer')
  let isBadInput = false
  trainer.onMessage((message) => {
    const event = message as TrainerEvent
    if (event.kind !== 'log') return
    if (event.entry.kind === 'phase' && event.entry.phase === 'failed') isBadInput = event.entry.isBadInput === true
    reporter.show(event.entry)
    // Nobody is there to lower the learning rate and resume.
    if (event.entry.kind === 'phase' && event.entry.phase === 'paused') trainer.kill()
  })
  const interrupt = () => trainer.post({ kind: 'stop' })
  process.on('SIGINT', interrupt)
  trainer.post({ kind: 'start', runFolder, runId, settings })
  const reason = await new Promise<string>((done) => trainer.onExit((code, signal) => done(exitReason(code, signal))))
  process.off('SIGINT', interrupt)
  const failure = reporter.close(reason)
  if (failure === undefined) return 0
  process.stderr.write(`${failure}\n`)
  return isBadInput ? 2 : 1
}

function toSettings(options: TrainOptions): RunSettings {
  const preset = findPreset(options.arch)
  if (preset === undefined) throw new InputError(`There is no architecture called "${options.arch}".`)
  const source = options.data === 'xo' ? { kind: 'xo', options: {} } : { kind: 'path', path: resolve(options.data) }
  const optimizer =
    options.optimizer === 'sgd'
      ? { kind: 'sgd' }
      : { kind: 'adam', ...(options.optimizer === 'adamw' ? { decay: 'decoupled', weightDecay: 0.01 } : {}) }
  return runSettingsSchema.parse({
    data: { source, seed: options.seed },
    architecture: preset.architecture,
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
