import type { WidthAdvice } from './advice.ts'
import type { ModelActivity } from './activity.ts'
import type { DataProgress } from './messages.ts'
import type { DataSummary, Thumbnails, TrainingPictures, SplitName } from './data.ts'
import type { DataExamination } from './examination.ts'
import type { Picture, ClassifiedPicture } from './requests.ts'
import type { GuessRound, GuessTruth, Vote } from './guessing.ts'
import type { ExportFormat, WrittenFile } from './exports.ts'
import type { ModelSummary, Preprocessing } from './models.ts'
import type { TransferPreview } from './preview.ts'
import type { ActivationFrame, DeviceReport, FilterFrame } from './runs.ts'
import type { DataSettings, TrainingView } from './settings.ts'
import type { TrainingSpeed } from './training-speed.ts'
import type { FilterReasons, LayerJudgement, VerdictLook } from './verdicts.ts'

/** How many filters each layer has, in how many groups, by what its node gives. */
export type LayerWidths = Readonly<Record<string, { readonly filters: number; readonly groups: number }>>

/** All layers with other filters in one of them, or why that cannot be, as a sentence. */
export type ResizingTrial =
  | { readonly widths: LayerWidths; readonly whyNot?: undefined }
  | { readonly whyNot: string; readonly widths?: undefined }

/** Work the host hands to the inspector process: everything that decodes pictures or runs a network to look at it. */
export interface InspectorCalls {
  'devices.list': { parameters: Record<string, never>; result: readonly DeviceReport[] }
  /** How fast the CPU trains: kept from an earlier time, or measured where it may be; left out where it is not known. */
  'speed.measure': { parameters: { mayMeasure: boolean }; result: { speed?: TrainingSpeed } }
  'data.open': { parameters: { settings: DataSettings }; result: { dataId: string; summary: DataSummary } }
  'data.thumbnails': {
    parameters: { dataId: string; split: SplitName; classIndex?: number; offset: number; count: number }
    result: Thumbnails
  }
  /** The first pictures of a training step. */
  'data.trainingPictures': {
    parameters: { data: DataSettings; training: TrainingView; step: number; count: number }
    result: TrainingPictures
  }
  /** Means of the pictures, and those that are in two splits. */
  'data.examine': { parameters: { dataId: string }; result: DataExamination }
  /** The kernels of a layer as a kept step has them. */
  'runs.filters': { parameters: { runFolder: string; layer: string; step: number }; result: FilterFrame }
  'runs.activations': {
    parameters: { runFolder: string; layer: string; picture: Picture; step?: number }
    result: ActivationFrame
  }
  'runs.classify': {
    parameters: { runFolder: string; picture: Picture; step?: number }
    result: ClassifiedPicture
  }
  /** Looks at all filters of a run at a kept step, and keeps what it found with the run. */
  'runs.look': { parameters: { runFolder: string; step: number }; result: VerdictLook }
  'runs.verdict': { parameters: { runFolder: string; layer: string; step: number }; result: LayerJudgement }
  'runs.reasons': {
    parameters: { runFolder: string; layer: string; step: number; filter: number }
    result: FilterReasons
  }
  /** Whether a layer has enough filters at a kept step. */
  'runs.advice': { parameters: { runFolder: string; layer: string; step: number }; result: WidthAdvice }
  /** What would come of other filters in a layer; nothing is changed. */
  'runs.resizable': {
    parameters: { runFolder: string; layer: string; step: number; kept: readonly number[]; added: number }
    result: ResizingTrial
  }
  'runs.export': {
    parameters: {
      runFolder: string
      step?: number
      formats: readonly ExportFormat[]
      /** Folder and name; each file adds its own ending. */
      base: string
      mayReplace: 'none' | 'all' | { readonly path: string }
    }
    result: readonly WrittenFile[]
  }
  'models.open': { parameters: { path: string }; result: ModelSummary }
  'models.preview': {
    parameters: { path: string; data: DataSettings; preprocessing: Preprocessing }
    result: TransferPreview
  }
  'models.advice': {
    parameters: {
      path: string
      layer: string
      data: DataSettings
      preprocessing: Preprocessing
      /** Names given to the classes of the model; left out: those of the file. */
      classNames?: readonly string[]
    }
    result: WidthAdvice
  }
  /** What the filters do on training pictures, with which classes they go. */
  'models.activity': {
    parameters: { path: string; data: DataSettings; preprocessing: Preprocessing }
    result: ModelActivity
  }
  'models.filters': { parameters: { path: string; layer: string }; result: FilterFrame }
  'models.verdict': { parameters: { path: string; layer: string }; result: LayerJudgement }
  'models.reasons': { parameters: { path: string; layer: string; filter: number }; result: FilterReasons }
  'guess.deal': { parameters: { place: GuessPlace; seed: number }; result: GuessRound }
  'guess.reveal': {
    parameters: { place: GuessPlace; seed: number; digest: string; votes: readonly Vote[] }
    result: GuessTruth
  }
}
/** Where a guessed layer is found. */
export type GuessPlace =
  | { readonly kind: 'run'; readonly runFolder: string; readonly layer: string; readonly step: number }
  | { readonly kind: 'model'; readonly path: string; readonly layer: string }

export type InspectorMethod = keyof InspectorCalls

/** Host to inspector process. */
export type InspectorCommand =
  | { readonly kind: 'call'; readonly id: number; readonly method: InspectorMethod; readonly parameters: unknown }
  /** Ends the opening of data that is under way; its call fails with code 'cancelled'. */
  | { readonly kind: 'cancelOpening' }
  /** Ends a call that is under way, where it can be ended; it fails with code 'cancelled'. */
  | { readonly kind: 'cancel'; readonly id: number }

/** Inspector process to host. */
export type InspectorEvent =
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | {
      readonly kind: 'failure'
      readonly id: number
      readonly code: 'badInput' | 'notFound' | 'exists' | 'conflict' | 'cancelled' | 'internal'
      readonly message: string
    }
  /** Of the call of that id; of opening data where it names none. */
  | { readonly kind: 'progress'; readonly id?: number; readonly progress: DataProgress }
