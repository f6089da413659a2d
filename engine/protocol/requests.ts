import { z } from 'zod'
import type { WidthAdvice } from './advice.ts'
import { architectureSchema, inputShapeSchema } from './architecture.ts'
import type {
  Architecture,
  ArchitectureConcern,
  ArchitectureDescription,
  InputShape,
  SuitedPreset,
} from './architecture.ts'
import { dataSettingsSchema, runSettingsSchema, trainingViewSchema } from './settings.ts'
import type { DataSummary, Thumbnails, TrainingPictures } from './data.ts'
import { type GuessRound, type GuessTruth, guessSourceSchema, voteSchema } from './guessing.ts'
import type { DataExamination } from './examination.ts'
import { type ExportChoices, type ExportedFiles, exportFormatSchema, exportTargetSchema } from './exports.ts'
import { splitNames } from './data.ts'
import { type ModelSummary, preprocessingSchema } from './models.ts'
import type { TransferPreview } from './preview.ts'
import type { FilterReasons, LayerJudgement } from './verdicts.ts'
import type { StepWork, TrainingSpeed } from './training-speed.ts'
import type { ActivationFrame, DeviceReport, FilterFrame, OpenedRun, RunDescription } from './runs.ts'

const id = z.string().min(1).max(200)
const step = z.number().int().nonnegative()
const index = z.number().int().nonnegative()
const path = z.string().min(1).max(4096)
const split = z.enum(splitNames)
/** Models from elsewhere have layers with long scope paths for names. */
const layer = z.string().min(1).max(2000)

/** A picture to look at: one of the data set, or any file. */
export const pictureSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('sample'), split, index }),
  z.object({ kind: z.literal('file'), path }),
])
export type Picture = z.infer<typeof pictureSchema>

/** What a window may ask of the host; every message is checked against these on entry. */
export const requestSchemas = {
  'app.info': z.object({}),
  'app.setRunsFolder': z.object({ path }),
  'devices.list': z.object({}),
  /** How fast the CPU of the engine's machine trains; measured the first time, which takes a second, but never beside a run. */
  'speed.measure': z.object({}),
  /** Folders and files below the served root; without `path` the root itself. */
  'files.list': z.object({ path: path.optional() }),
  /** Opens (or re-opens with other settings) a data set; progress comes on the 'data' log. */
  'data.open': z.object({ settings: dataSettingsSchema }),
  'data.cancel': z.object({}),
  'data.thumbnails': z.object({
    dataId: id,
    split,
    /** Only pictures of this class. */
    classIndex: index.optional(),
    offset: index,
    count: z.number().int().min(1).max(2000),
  }),
  /** The first pictures of the batch of a training step, as training with these settings sees them. */
  'data.trainingPictures': z.object({
    data: dataSettingsSchema,
    training: trainingViewSchema,
    step,
    count: z.number().int().min(1).max(100),
  }),
  /** Looks at every picture of opened data; its progress comes as topic 'task'. */
  'data.examine': z.object({ dataId: id, taskId: id }),
  'architecture.presets': z.object({}),
  'architecture.describe': z.object({
    architecture: architectureSchema,
    input: inputShapeSchema,
    trainingPictures: index,
  }),
  'architecture.suited': z.object({ input: inputShapeSchema, trainingPictures: index }),
  'runs.list': z.object({}),
  'runs.start': z.object({ settings: runSettingsSchema }),
  /**
   * Starts a new run from the weights that another one had at a kept step, with other filters in one layer: those `kept`,
   * ascending, and `added` new ones. The other run stays as it is.
   */
  'runs.resize': z.object({
    runId: id,
    step,
    layer,
    kept: z.array(index).max(100_000),
    added: z.number().int().nonnegative().max(100_000),
  }),
  /** Opens a run of the runs folder to look at. */
  'runs.open': z.object({ runId: id }),
  /** Goes on from the last checkpoint of a run that was interrupted, stopped or failed. */
  'runs.continue': z.object({ runId: id }),
  'runs.pause': z.object({ runId: id }),
  'runs.resume': z.object({ runId: id }),
  /** One more training step, then paused again. */
  'runs.step': z.object({ runId: id }),
  /** Ends the run early: checkpoint, test and model are still written. */
  'runs.stop': z.object({ runId: id }),
  'runs.setLearningRate': z.object({ runId: id, learningRate: z.number().positive().max(100) }),
  /** Kernels of a layer at a kept step (0 is the birth). */
  'runs.filters': z.object({ runId: id, layer: id, step }),
  /** Activation maps of a layer for a picture; without `step` those of the newest kept weights. */
  'runs.activations': z.object({ runId: id, layer: id, picture: pictureSchema, step: step.optional() }),
  'runs.classify': z.object({ runId: id, picture: pictureSchema, step: step.optional() }),
  /** Which filters of a layer are structured at a kept step. */
  'runs.verdict': z.object({ runId: id, layer, step }),
  /** Why one filter has its verdict. */
  'runs.reasons': z.object({ runId: id, layer, step, filter: index }),
  /** Whether a layer has enough filters at a kept step; its progress comes as topic 'task'. */
  'runs.advice': z.object({ runId: id, layer, step, taskId: id }),
  /** Which networks of a run can be exported. */
  'runs.exportable': z.object({ runId: id }),
  /** Writes files for other programs; 'exists' where one would be replaced. Its progress comes as topic 'task'. */
  'runs.export': z.object({
    runId: id,
    /** The kept step whose weights are written; left out: the last. */
    step: step.optional(),
    formats: z.array(exportFormatSchema).min(1).max(4),
    target: exportTargetSchema,
    taskId: id,
  }),
  /** Ends work that a window began under this id; its request fails with 'cancelled'. */
  'tasks.cancel': z.object({ taskId: id }),
  /** What an ONNX file holds. */
  'models.open': z.object({ path }),
  /** Kernels of a layer of an ONNX file. */
  'models.filters': z.object({ path, layer }),
  /** Which filters of a layer of an ONNX file are structured. */
  'models.verdict': z.object({ path, layer }),
  /** Why one filter has its verdict. */
  'models.reasons': z.object({ path, layer, filter: index }),
  /** Whether a layer of an ONNX file has enough filters for this data; its progress comes as topic 'task'. */
  'models.advice': z.object({
    path,
    layer,
    data: dataSettingsSchema,
    preprocessing: preprocessingSchema,
    /** Names a person gave to the classes of the model; left out: those of the file. */
    classNames: z.array(z.string().max(1000)).max(100_000).optional(),
    taskId: id,
  }),
  /** How the filters of an ONNX file respond to training pictures; its progress comes as topic 'task'. */
  'models.preview': z.object({ path, data: dataSettingsSchema, preprocessing: preprocessingSchema, taskId: id }),
  /** Trained filters of a layer mixed with noise; the same source and seed give the same ones. Which are which is not said. */
  'guess.deal': z.object({ source: guessSourceSchema, seed: index }),
  /** Where the filters of a round come from, for a vote on each of them; 'conflict' where the weights are others by now. */
  'guess.reveal': z.object({
    source: guessSourceSchema,
    seed: index,
    digest: z.string().min(1).max(200),
    votes: z.array(voteSchema).max(1000),
  }),
} as const

export type RequestMethod = keyof typeof requestSchemas
export type RequestParameters<M extends RequestMethod> = z.input<(typeof requestSchemas)[M]>
export type ParsedParameters<M extends RequestMethod> = z.output<(typeof requestSchemas)[M]>

export interface AppInfo {
  readonly version: string
  readonly mode: 'desktop' | 'served'
  readonly runsFolder: string
  /** The only folder (with what is below it) the served file picker shows; undefined on the desktop. */
  readonly root?: string
  readonly logicalCores: number
}

export interface FileEntry {
  readonly name: string
  readonly path: string
  readonly isFolder: boolean
  readonly byteLength: number
}

export interface FileListing {
  readonly path: string
  /** undefined at the root. */
  readonly parent?: string
  /** Folders first, by name. */
  readonly entries: readonly FileEntry[]
  /** How many were left out past the first 2,000. */
  readonly omitted: number
}

export interface ArchitecturePreset {
  readonly architecture: Architecture
  /** The pictures and classes its source trained it on. */
  readonly input: InputShape
  /** What it introduced, one sentence. */
  readonly note: string
  readonly source: string
}

export interface ClassifiedPicture {
  readonly step: number
  readonly probabilities: readonly number[]
  /** The picture as the network receives it (before normalisation): uint8 [height, width, channels]. */
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  readonly pixels: Uint8Array
  /** The true class where the picture is one of the data set. */
  readonly label?: number
}

export interface RequestResults {
  'app.info': AppInfo
  'app.setRunsFolder': AppInfo
  'devices.list': readonly DeviceReport[]
  /** Left out where a run trains and nothing is kept from before. */
  'speed.measure': { readonly speed?: TrainingSpeed }
  'files.list': FileListing
  'data.open': { readonly dataId: string; readonly summary: DataSummary }
  'data.cancel': Record<string, never>
  'data.thumbnails': Thumbnails
  'data.trainingPictures': TrainingPictures
  'data.examine': DataExamination
  'architecture.presets': readonly ArchitecturePreset[]
  'architecture.describe': {
    readonly description: ArchitectureDescription
    readonly concerns: readonly ArchitectureConcern[]
    /** What a training step does; left out where the network cannot be built. */
    readonly work?: StepWork
  }
  'architecture.suited': readonly SuitedPreset[]
  'runs.list': readonly RunDescription[]
  'runs.start': { readonly runId: string }
  'runs.resize': { readonly runId: string }
  'runs.open': OpenedRun
  'runs.continue': { readonly runId: string }
  'runs.pause': Record<string, never>
  'runs.resume': Record<string, never>
  'runs.step': Record<string, never>
  'runs.stop': Record<string, never>
  'runs.setLearningRate': Record<string, never>
  'runs.filters': FilterFrame
  'runs.activations': ActivationFrame
  'runs.classify': ClassifiedPicture
  'runs.verdict': LayerJudgement
  'runs.reasons': FilterReasons
  'runs.advice': WidthAdvice
  'runs.exportable': ExportChoices
  'runs.export': ExportedFiles
  'tasks.cancel': Record<string, never>
  'models.open': ModelSummary
  'models.filters': FilterFrame
  'models.preview': TransferPreview
  'models.advice': WidthAdvice
  'models.verdict': LayerJudgement
  'models.reasons': FilterReasons
  'guess.deal': GuessRound
  'guess.reveal': GuessTruth
}
