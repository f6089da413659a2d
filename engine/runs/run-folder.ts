import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Tensor } from '../onnx/graph.ts'
import type { OpenedRun, RunDescription } from '../protocol/runs.ts'
import { type RunSettings, imageSizeSchema, runSettingsSchema } from '../protocol/settings.ts'
import { decodeSafetensors, encodeSafetensors } from './safetensors.ts'
import { makeFolder } from './make-folder.ts'
import { upgradeSettingsFile } from './upgrade-settings-file.ts'
import { refusalReason } from './refusal-reason.ts'
import { RunError } from './run-error.ts'
import { trainerOf } from './run-lock.ts'
import { forgetLooksAfter } from './verdict-file.ts'
import { isPart, writeWhole, writeWholeNow } from './write-whole.ts'

/** Raised when a run folder is laid out differently; newer folders are refused with a sentence. */
export const RUN_FORMAT_VERSION = 2

const versionSchema = z.looseObject({ formatVersion: z.number().int() })

const settingsFileSchema = z.object({
  formatVersion: z.number().int(),
  filterscopeVersion: z.string(),
  id: z.string(),
  createdAt: z.string(),
  settings: runSettingsSchema,
})

/** What lists of runs read of run.json; the rest is shown as it is. */
const descriptionFileSchema = z.looseObject({
  id: z.string(),
  architectureName: z.string(),
  dataTitle: z.string(),
  createdAt: z.string(),
  data: z.looseObject({ image: imageSizeSchema }).optional(),
  phase: z.enum(['preparing', 'running', 'paused', 'finished', 'stopped', 'failed', 'interrupted']),
  epochs: z.number(),
  stepsPerEpoch: z.number(),
  totalSteps: z.number(),
  step: z.number(),
})

export interface Checkpoint {
  readonly step: number
  /** Weights, optimiser state and counters by name. */
  readonly tensors: ReadonlyMap<string, Tensor>
}

const checkpointsKept = 2

/** source: the file an imported or resized network came from; initial: the network at birth; model: after training. */
export type ModelInRun = 'source' | 'initial' | 'model'

/**
 * A run as a plain folder: settings.json, run.json (what the run is and how far it came), metrics.jsonl (run-log.ts),
 * source.onnx (the file that an imported or resized network came from), initial.onnx (the network at birth), model.onnx (once finished),
 * snapshots/ (weights by step, for looking back), checkpoints/ (weights and optimiser state, for going on),
 * verdicts.jsonl (verdict-file.ts).
 */
export class RunFolder {
  readonly path: string
  readonly id: string
  readonly createdAt: string
  readonly settings: RunSettings
  /** False where the folder was there before the run. */
  readonly #isMade: boolean

  private constructor(path: string, file: z.infer<typeof settingsFileSchema>, isMade: boolean) {
    this.path = path
    this.#isMade = isMade
    this.id = file.id
    this.createdAt = file.createdAt
    this.settings = file.settings
  }

  /**
   * Makes the folder. Throws RunError where that cannot be done, or where it already holds something: a run is never
   * overwritten.
   */
  static async create(path: string, id: string, settings: RunSettings, version: string): Promise<RunFolder> {
    const file = {
      formatVersion: RUN_FORMAT_VERSION,
      filterscopeVersion: version,
      id,
      createdAt: new Date().toISOString(),
      settings,
    }
    try {
      const isMade = await makeFolder(path)
      const present = await readdir(path)
      if (present.length > 0) {
        throw new RunError(`${path} is not empty (it holds ${present[0]}); choose a new folder for the run.`)
      }
      await mkdir(join(path, 'snapshots'))
      await mkdir(join(path, 'checkpoints'))
      await writeWhole(join(path, 'settings.json'), `${JSON.stringify(file, null, 2)}\n`)
      return new RunFolder(path, file, isMade)
    } catch (error) {
      if (error instanceof RunError || !(error instanceof Error)) throw error
      const sentence = `The run folder ${path} cannot be made: ${refusalReason(error)}; choose another folder for the run.`
      throw new RunError(sentence, { cause: error })
    }
  }

  /** Throws RunError where `path` is no run folder, or one of a newer format. */
  static async open(path: string): Promise<RunFolder> {
    const text = await readFile(join(path, 'settings.json'), 'utf8').catch((error: unknown) => {
      throw new RunError(`${path} is not a run folder: its settings.json cannot be read.`, { cause: error })
    })
    const file = parseJson(text, join(path, 'settings.json'))
    const { data: version } = versionSchema.safeParse(file)
    if (version !== undefined && version.formatVersion > RUN_FORMAT_VERSION) {
      throw new RunError(
        `${path} was written in run format ${version.formatVersion}; this version reads up to ${RUN_FORMAT_VERSION}, so update Filterscope to open it.`,
      )
    }
    const parsed = settingsFileSchema.safeParse(upgradeSettingsFile(file))
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      throw new RunError(
        `${join(path, 'settings.json')} is not valid at ${issue?.path.join('.') ?? 'its start'}: ${issue?.message ?? 'unreadable'}.`,
      )
    }
    return new RunFolder(path, parsed.data, false)
  }

  /** Whether the run begins from a file that it keeps: source.onnx. */
  get hasSource(): boolean {
    return this.settings.network.kind === 'model' || this.settings.resized !== undefined
  }

  get logPath(): string {
    return join(this.path, 'metrics.jsonl')
  }

  /** Keeps what the run is and how far it came. */
  async writeDescription(run: OpenedRun): Promise<void> {
    await writeWhole(join(this.path, 'run.json'), `${JSON.stringify(run, null, 2)}\n`)
  }

  /** As last written by the trainer; undefined while the run is still being prepared. Throws RunError where it is damaged. */
  async description(): Promise<OpenedRun | undefined> {
    const path = join(this.path, 'run.json')
    const text = await readFile(path, 'utf8')
      .catch(missingAsUndefined)
      .catch((error: unknown) => {
        throw new RunError(`${path} cannot be read.`, { cause: error })
      })
    if (text === undefined) return undefined
    const parsed = descriptionFileSchema.safeParse(parseJson(text, path))
    if (!parsed.success) throw new RunError(`${path} is damaged: it does not describe a run.`)
    // A folder that was moved or renamed is still the same run, and older ones do not repeat their settings here.
    const run = parsed.data as unknown as OpenedRun
    const { data, training } = this.settings
    const image = parsed.data.data?.image
    return { ...run, folder: this.path, control: data.control, ...(image === undefined ? {} : { image }), training }
  }

  async writeModel(which: ModelInRun, bytes: Uint8Array): Promise<string> {
    const path = join(this.path, `${which}.onnx`)
    await writeWhole(path, bytes)
    return path
  }

  async readModel(which: ModelInRun): Promise<Uint8Array> {
    return readFile(join(this.path, `${which}.onnx`))
  }

  /** Steps whose weights are kept, ascending; 0 is the birth. */
  async snapshotSteps(): Promise<number[]> {
    return stepsIn(join(this.path, 'snapshots'))
  }

  /** Returns the bytes written. A power cut may lose the newest snapshots: they are for looking back only. */
  writeSnapshot(step: number, weights: ReadonlyMap<string, Tensor>): Promise<number> {
    return new Promise((resolve) => {
      const bytes = encodeSnapshot(step, weights)
      writeWholeNow(this.#snapshotPath(step), bytes)
      resolve(bytes.byteLength)
    })
  }

  /** Throws RunError where that step is not kept. */
  async readSnapshot(step: number): Promise<Map<string, Tensor>> {
    const path = this.#snapshotPath(step)
    const bytes = await readFile(path).catch((error: unknown) => {
      throw new RunError(`The weights of step ${step} are not kept in ${this.path}.`, { cause: error })
    })
    return decodeSafetensors(bytes, path).tensors
  }

  /**
   * Another text where the weights of that step were written again, as a run does that goes on from before; empty where
   * they are not kept.
   */
  async snapshotVersion(step: number): Promise<string> {
    const file = await stat(this.#snapshotPath(step)).catch(missingAsUndefined)
    return file === undefined ? '' : `${file.mtimeMs} ${file.size} ${file.ino}`
  }

  /** For a run that could not begin: takes away all of it, and the folder itself unless that was there before. */
  async discard(): Promise<void> {
    if (this.#isMade) return rm(this.path, { recursive: true })
    for (const name of await readdir(this.path)) await rm(join(this.path, name), { recursive: true })
  }

  async removeSnapshot(step: number): Promise<void> {
    await rm(this.#snapshotPath(step), { force: true })
  }

  /**
   * For a run that goes on from `step`: removes snapshots, checkpoints and verdicts of later steps, which are trained
   * again (with another learning rate, perhaps), and what a crash left half written.
   */
  async forgetAfter(step: number): Promise<void> {
    for (const folder of ['.', 'snapshots', 'checkpoints'].map((name) => join(this.path, name))) {
      for (const name of await readdir(folder)) {
        const isLater = (stepIn(name) ?? 0) > step
        if (isLater || isPart(name)) await rm(join(folder, name), { force: true })
      }
    }
    await forgetLooksAfter(this.path, step)
  }

  /** Keeps the newest two, so that one damaged by a crash leaves another. */
  async writeCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const folder = join(this.path, 'checkpoints')
    const bytes = encodeSafetensors(checkpoint.tensors, { step: String(checkpoint.step) })
    await writeWhole(join(folder, stepFile(checkpoint.step)), bytes)
    for (const step of (await stepsIn(folder)).slice(0, -checkpointsKept)) await rm(join(folder, stepFile(step)))
  }

  /** The newest checkpoint that is whole, of a step before `end`; undefined where there is none. */
  async newestCheckpoint(end = Number.POSITIVE_INFINITY): Promise<Checkpoint | undefined> {
    const folder = join(this.path, 'checkpoints')
    let damaged: unknown
    for (const step of (await stepsIn(folder)).filter((other) => other < end).reverse()) {
      const path = join(folder, stepFile(step))
      try {
        return { step, tensors: decodeSafetensors(await readFile(path), path).tensors }
      } catch (error) {
        damaged = error
      }
    }
    if (damaged !== undefined) {
      throw new RunError(`No checkpoint of ${this.path} can be read; the run cannot go on.`, { cause: damaged })
    }
    return undefined
  }

  #snapshotPath(step: number): string {
    return join(this.path, 'snapshots', stepFile(step))
  }
}

/** Throws RunError where `path` is no run folder. */
export function openRunFolder(path: string): Promise<RunFolder> {
  return RunFolder.open(path)
}

/** Every run below `parent`, newest first; folders that are no runs are passed over. A run nobody trains counts as interrupted. */
export async function listRuns(parent: string): Promise<RunDescription[]> {
  const entries = await readdir(parent, { withFileTypes: true }).catch(missingAsUndefined)
  const described = await Promise.all(
    (entries ?? []).filter((entry) => entry.isDirectory()).map((entry) => describeFolder(join(parent, entry.name))),
  )
  return described.filter((run) => run !== undefined).sort((one, other) => other.createdAt.localeCompare(one.createdAt))
}

async function describeFolder(path: string): Promise<RunDescription | undefined> {
  const opened = await openRunFolder(path)
    .then((folder) => folder.description())
    .catch((error: unknown) => {
      if (error instanceof RunError) return undefined
      throw error
    })
  if (opened === undefined) return undefined
  const { classes: _, data: _data, network: _network, kernelLayers: _kernels, activationLayers: _maps, ...run } = opened
  if (run.phase === 'finished' || run.phase === 'stopped' || run.phase === 'failed') return run
  const trainedBy = await trainerOf(path)
  return { ...run, phase: 'interrupted', ...(trainedBy === undefined ? {} : { trainedBy }) }
}

/** Bytes that one snapshot of these weights takes. */
export function snapshotSize(weights: ReadonlyMap<string, Tensor>): number {
  return encodeSnapshot(0, weights).byteLength
}

function encodeSnapshot(step: number, weights: ReadonlyMap<string, Tensor>): Uint8Array {
  return encodeSafetensors(weights, { step: String(step) })
}

function stepFile(step: number): string {
  return `step-${String(step).padStart(9, '0')}.safetensors`
}

async function stepsIn(folder: string): Promise<number[]> {
  const names = await readdir(folder)
  return names
    .map(stepIn)
    .filter((step) => step !== undefined)
    .sort((one, other) => one - other)
}

function stepIn(name: string): number | undefined {
  const digits = /^step-(\d+)\.safetensors$/.exec(name)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new RunError(`${path} is not valid JSON.`, { cause: error })
  }
}

function missingAsUndefined(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
