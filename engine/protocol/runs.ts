import type { LayerOperator } from './models.ts'
import type { Control, ImageSize, ProviderName, Resized, TrainingSettings } from './settings.ts'
import type { DataProblem, DataSummary } from './data.ts'
import type { ArchitectureDescription } from './architecture.ts'

/** A float32 tensor on its way to a window, row-major. */
export interface FloatTensor {
  readonly dims: readonly number[]
  readonly data: Float32Array
}

export type RunPhase = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted'

/** A layer with kernels, as the window lists it. */
export interface KernelLayer {
  readonly name: string
  readonly operator: LayerOperator
  /** [F, C, kH, kW]; fully connected rows are [units, inputs, 1, 1] (or the image shape of their fan-in). */
  readonly shape: readonly [number, number, number, number]
}

/** A layer whose activations can be looked at. */
export interface ActivationLayer {
  readonly name: string
  readonly kind: string
  /** [C, H, W], or [units]. */
  readonly shape: readonly number[]
}

export interface RunDescription {
  readonly id: string
  readonly folder: string
  readonly architectureName: string
  readonly dataTitle: string
  readonly control: Control
  /** Left out while the data is still being opened. */
  readonly image?: ImageSize
  readonly training: TrainingSettings
  readonly createdAt: string
  readonly phase: RunPhase
  readonly epochs: number
  readonly stepsPerEpoch: number
  readonly totalSteps: number
  /** Steps done. */
  readonly step: number
  /** Left out before the end, and where the data has no test images. */
  readonly testAccuracy?: number
  /** Time spent training and evaluating, without pauses; left out while it is being trained here. */
  readonly elapsedMs?: number
  /** Of a run that began from another network with other filters in one layer. */
  readonly resized?: Resized
  /** The process of another program that trains it at this moment, as part of a sentence: 'process 4711 on atlas'. */
  readonly trainedBy?: string
}

export interface OpenedRun extends RunDescription {
  readonly classes: readonly string[]
  readonly data: DataSummary
  readonly network: ArchitectureDescription
  readonly kernelLayers: readonly KernelLayer[]
  readonly activationLayers: readonly ActivationLayer[]
  readonly device?: DeviceChoice
}

export interface DeviceChoice {
  readonly provider: ProviderName
  /** 'CPU · 2 threads' */
  readonly label: string
  /** Why this one, as a full sentence. */
  readonly reason: string
}

export interface DeviceReport {
  readonly provider: ProviderName
  readonly label: string
  readonly usable: boolean
  /** Why it is or is not usable, as a full sentence. */
  readonly reason: string
  /** What a person can do about it; empty where nothing is needed. */
  readonly advice: string
}

/** Entries of a run's log: numbered, none dropped, also kept as metrics.jsonl. Accuracies are 0–1. */
export type RunLogEntry =
  | {
      readonly kind: 'phase'
      readonly phase: RunPhase
      readonly step: number
      readonly message?: string
      /** failed: the cause is what the person gave (data, architecture, device), not the run itself. */
      readonly isBadInput?: boolean
    }
  | {
      readonly kind: 'progress'
      readonly stage: string
      readonly done: number
      readonly total: number
      readonly unit: string
    }
  | { readonly kind: 'prepared'; readonly run: OpenedRun }
  /** Mean over the training batches of steps (fromStep, step]. */
  | {
      readonly kind: 'steps'
      readonly step: number
      readonly epoch: number
      readonly losses: readonly number[]
      readonly trainAccuracy: number
      readonly learningRate: number
      readonly imagesPerSecond: number
      /** How much of the time of these steps went by waiting for their pictures, 0–1; left out in runs from before. */
      readonly inputShare?: number
    }
  | {
      readonly kind: 'evaluation'
      readonly split: 'validation' | 'test'
      readonly step: number
      readonly epoch: number
      readonly loss: number
      readonly accuracy: number
    }
  | {
      readonly kind: 'snapshot'
      readonly step: number
      readonly keptSteps: readonly number[]
      /** What kept snapshots may take at most, at most a thousand of them. */
      readonly budgetBytes: number
      readonly usedBytes: number
      /** True from the first time on that steps were dropped to stay within the budget. */
      readonly thinned: boolean
    }
  | { readonly kind: 'checkpoint'; readonly step: number }
  | { readonly kind: 'learningRate'; readonly step: number; readonly learningRate: number }
  | { readonly kind: 'device'; readonly device: DeviceChoice; readonly fallback: boolean }
  | { readonly kind: 'problem'; readonly problem: DataProblem }
  | {
      readonly kind: 'finished'
      /** Left out where the data has no test images. */
      readonly testAccuracy?: number
      /** Over all the time in which it trained: without evaluations and pauses. */
      readonly trainImagesPerSecond: number
      readonly steps: number
      readonly device: string
      readonly runFolder: string
    }

/** The kernels of one layer at one step; `weights` is [F, C, kH, kW]. */
export interface FilterFrame {
  readonly layer: string
  readonly step: number
  readonly weights: FloatTensor
}

export interface ActivationFrame {
  readonly layer: string
  readonly step: number
  /** [C, H, W] or [units]. */
  readonly maps: FloatTensor
  /** Softmax of the network's output for the picture, in class order. */
  readonly probabilities: readonly number[]
}
