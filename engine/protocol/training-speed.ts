import { z } from 'zod'

/** What of a training step takes time, as amounts that a machine gets through at some rate each. */
export const workKinds = [
  /** Multiply-adds of convolutions by how many numbers each filter reads: between few and many they count partly as either. */
  'fewChannelConv',
  'manyChannelConv',
  /** Multiply-adds of 1×1 convolutions. */
  'pointwiseConv',
  /** Multiply-adds of convolutions whose filters read one channel each. */
  'depthwiseConv',
  /** Multiply-adds of fully connected layers. */
  'fullyConnected',
  /** Values that activations, sums, concatenations and the like give. */
  'elementwise',
  /** Values that normalisations give. */
  'normalized',
  /** Values that the windows of pooling layers look at, in all places together. */
  'pooled',
  /** Weights that the optimiser changes: once a step, however many pictures it has. */
  'parameters',
  /** Layers: each has operators that must be started, once a step. */
  'layers',
] as const
export type WorkKind = (typeof workKinds)[number]

/** How much of each kind there is to do, of one forward pass of one picture; parameters and layers of a step. */
export type StepWork = Readonly<Record<WorkKind, number>>

const rate = z.number().positive()

/** How fast a machine trains, as measured there: amounts a second, all that a training step does with them included. */
export const trainingSpeedSchema = z.object({
  rates: z.record(z.enum(workKinds), rate),
  /** What a step takes that has next to nothing to do. */
  secondsOfStep: z.number().nonnegative(),
})
export type TrainingSpeed = z.infer<typeof trainingSpeedSchema>

const onceAStep: ReadonlySet<WorkKind> = new Set(['parameters', 'layers'])

/** How long a training step of `batchSize` pictures takes at that speed, in milliseconds: the sum of amount ÷ rate. */
export function stepMilliseconds(work: StepWork, batchSize: number, { rates, secondsOfStep }: TrainingSpeed): number {
  const seconds = workKinds.map((kind) => (work[kind] * (onceAStep.has(kind) ? 1 : batchSize)) / rates[kind])
  return 1000 * seconds.reduce((sum, each) => sum + each, secondsOfStep)
}
