import type { RunLogEntry } from './runs.ts'
import type { LiveFilterFrame } from './live-filters.ts'
import type { RunSettings } from './settings.ts'

/** Host to trainer process. */
export type TrainerCommand =
  | { readonly kind: 'start'; readonly runFolder: string; readonly runId: string; readonly settings: RunSettings }
  /** Goes on from the newest checkpoint of the folder. */
  | { readonly kind: 'continue'; readonly runFolder: string; readonly runId: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  | { readonly kind: 'step' }
  | { readonly kind: 'stop' }
  /** Writes a checkpoint at the next step boundary; answered by a 'checkpoint' log entry. */
  | { readonly kind: 'checkpoint' }
  | { readonly kind: 'setLearningRate'; readonly learningRate: number }
  /** One frame of a layer's kernels at the next step boundary; asked again for each frame, so a slow host costs nothing. */
  | { readonly kind: 'requestFilters'; readonly layer: string }

/** Trainer process to host. After 'finished' or a 'failed' phase in its log the process ends by itself. */
export type TrainerEvent =
  { readonly kind: 'log'; readonly entry: RunLogEntry } | { readonly kind: 'filters'; readonly frame: LiveFilterFrame }
