import { z } from 'zod'
import { augmentationSchema } from './augmentation.ts'
import { networkSchema } from './network.ts'

const positive = z.number().positive()
const share = z.number().min(0).max(0.9)

/** Parameters of the generated "X or O" images: lengths are pixels, angles degrees. */
export const xoOptionsSchema = z.object({
  count: z.number().int().min(20).max(200_000).default(2000),
  size: z.number().int().min(9).max(256).default(28),
  /** Standard deviation of additive noise, as a share of the full grey range. */
  noise: z.number().min(0).max(1).default(0.1),
  /** Largest shift of the centre. */
  shift: z.number().min(0).max(64).default(3),
  /** Largest rotation either way. */
  rotation: z.number().min(0).max(180).default(20),
  /** Smallest and largest size of the symbol as a share of the picture. */
  scale: z.tuple([z.number().min(0.1).max(1), z.number().min(0.1).max(1)]).default([0.5, 0.8]),
  lineWidth: z.tuple([z.number().min(0.5).max(32), z.number().min(0.5).max(32)]).default([1.5, 3]),
  seed: z.number().int().nonnegative().default(0),
})
export type XoOptions = z.infer<typeof xoOptionsSchema>

const pathSchema = z.string().min(1).max(4096)

/** So many files and folders can be one data set. */
export const mostSources = 20

export const dataSourceSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('xo'), options: xoOptionsSchema }),
  /** A file or folder on the machine the engine runs on; its format is recognised by its content. */
  z.object({ kind: z.literal('path'), path: pathSchema }),
  /** Several of them, joined to one data set. */
  z.object({ kind: z.literal('paths'), paths: z.array(pathSchema).min(2).max(mostSources) }),
])
export type DataSource = z.infer<typeof dataSourceSchema>

/** Data a network cannot learn anything transferable from, to compare filters with. */
export const controlSchema = z.enum(['none', 'shuffledLabels', 'whiteNoise', 'pixelNoise'])
export type Control = z.infer<typeof controlSchema>

/** How every picture is brought to one size. */
export const imageSizeSchema = z.object({
  width: z.number().int().min(4).max(1024),
  height: z.number().int().min(4).max(1024),
  channels: z.union([z.literal(1), z.literal(3)]),
  /** crop keeps the middle, pad adds black borders, stretch changes the aspect ratio. */
  fit: z.enum(['crop', 'pad', 'stretch']),
})
export type ImageSize = z.infer<typeof imageSizeSchema>

export const dataSettingsSchema = z.object({
  source: dataSourceSchema,
  control: controlSchema.default('none'),
  /** Left out: the size and channels the data set itself has (its most frequent size for folders), fit crop. */
  image: imageSizeSchema.optional(),
  /** Share of the training images held out for validation. */
  validationShare: share.default(0.1),
  /** Share held out for the test where the source brings no test set of its own. */
  testShare: share.default(0.15),
  seed: z.number().int().nonnegative().default(0),
})
export type DataSettings = z.infer<typeof dataSettingsSchema>

export const optimizerSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('sgd'),
    momentum: z.number().min(0).max(0.9999).default(0.9),
    nesterov: z.boolean().default(false),
    weightDecay: z.number().min(0).max(1).default(0),
    /** l2 adds it to the gradient, decoupled shrinks the weight (Loshchilov and Hutter 2019). */
    decay: z.enum(['l2', 'decoupled']).default('l2'),
  }),
  z.object({
    kind: z.literal('adam'),
    beta1: z.number().min(0).max(0.9999).default(0.9),
    beta2: z.number().min(0).max(0.99999).default(0.999),
    epsilon: positive.default(1e-8),
    weightDecay: z.number().min(0).max(1).default(0),
    /** l2 is Adam, decoupled is AdamW. */
    decay: z.enum(['l2', 'decoupled']).default('l2'),
  }),
])
export type OptimizerSettings = z.infer<typeof optimizerSchema>

export const scheduleSchema = z.object({
  kind: z.enum(['constant', 'step', 'cosine']).default('cosine'),
  /** Linear warm-up from 0, in steps. */
  warmupSteps: z.number().int().nonnegative().default(0),
  /** step: multiply by `factor` every `everyEpochs` epochs. */
  factor: positive.max(1).default(0.1),
  everyEpochs: z.number().int().positive().default(10),
})
export type ScheduleSettings = z.infer<typeof scheduleSchema>

export const providerNames = ['cpu', 'webgpu', 'cuda', 'dml', 'coreml'] as const
export const providerSchema = z.enum(providerNames)
export type ProviderName = z.infer<typeof providerSchema>

export const classBalanceSchema = z.enum(['weights', 'sampling'])
export type ClassBalance = z.infer<typeof classBalanceSchema>

export const mostPicturesInBatch = 4096
export const mostEpochs = 10_000
export const largestLearningRate = 100

export const trainingSettingsSchema = z.object({
  batchSize: z.number().int().min(1).max(mostPicturesInBatch).default(64),
  epochs: z.number().int().min(1).max(mostEpochs).default(3),
  learningRate: positive.max(largestLearningRate).default(0.003),
  optimizer: optimizerSchema,
  schedule: scheduleSchema,
  loss: z.enum(['crossEntropy', 'meanSquaredError']).default('crossEntropy'),
  /** Largest global norm of the gradient; left out: no clipping. */
  clipNorm: positive.optional(),
  initializer: z.enum(['heNormal', 'heUniform', 'glorotNormal', 'glorotUniform']).default('heNormal'),
  /**
   * What evens out classes of unequal size: the loss of each picture counts n / (k · n of its class), n pictures of k
   * classes, or all classes are drawn equally often. Left out: every picture counts the same and comes once an epoch.
   */
  classBalance: classBalanceSchema.optional(),
  /** Left out: training sees the pictures as they are. */
  augmentation: augmentationSchema.optional(),
  seed: z.number().int().nonnegative().default(0),
  device: z.union([z.literal('auto'), providerSchema]).default('auto'),
})
export type TrainingSettings = z.infer<typeof trainingSettingsSchema>

/** What decides how training sees its pictures. */
export const trainingViewSchema = trainingSettingsSchema.pick({
  batchSize: true,
  seed: true,
  classBalance: true,
  augmentation: true,
})
export type TrainingView = z.infer<typeof trainingViewSchema>

/** Other filters in one layer of a network that was there before: a run can begin from it. */
export const resizedSchema = z.object({
  /** The run whose weights of this step it begins from; left out: the model file of the network. */
  from: z
    .object({
      runId: z.string().min(1).max(200),
      folder: z.string().min(1).max(4096),
      step: z.number().int().nonnegative(),
    })
    .optional(),
  layer: z.string().min(1).max(2000),
  /** How many filters the layer had. */
  filters: z.number().int().positive(),
  /** Those it keeps, ascending. */
  kept: z.array(z.number().int().nonnegative()).max(100_000),
  /** How many new ones are drawn behind them. */
  added: z.number().int().nonnegative().max(100_000),
})
export type Resized = z.infer<typeof resizedSchema>

/** Everything that decides the numbers of a run; kept as settings.json in its folder. */
export const runSettingsSchema = z.object({
  data: dataSettingsSchema,
  network: networkSchema,
  training: trainingSettingsSchema,
  resized: resizedSchema.optional(),
})
export type RunSettings = z.infer<typeof runSettingsSchema>
export type RunSettingsInput = z.input<typeof runSettingsSchema>
