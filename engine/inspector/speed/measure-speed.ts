import type { Layer } from '../../protocol/architecture.ts'
import type { TrainingSpeed } from '../../protocol/training-speed.ts'
import { type CalibrationNetwork, convolution, mapNetwork, unitsNetwork } from './calibration-networks.ts'
import { timeSteps } from './time-steps.ts'

const BATCH = 32
const FEW = { side: 32, channels: 16, batchSize: BATCH }
const MANY = { side: 8, channels: 128, batchSize: BATCH }
const MIDDLE = { side: 16, channels: 64, batchSize: BATCH }
const TINY = { side: 2, channels: 4, batchSize: 1 }
const UNITS = 512
const FEW_ROWS = 2
const MANY_ROWS = 256

const valuesOf = ({ side, channels, batchSize }: typeof FEW): number => side * side * channels * batchSize

const relu = (name: string): Layer => ({ kind: 'relu', name })
const norm = (name: string): Layer => ({ kind: 'batchNorm', name })
const pool = (name: string): Layer => ({ kind: 'maxPool', name, kernel: [3, 3], stride: [2, 2], padding: [1, 1] })

/** Names say what a network has, and how many of them. */
const networks = {
  tiny2: mapNetwork(TINY, 2, convolution(TINY.channels, 3)),
  tiny12: mapNetwork(TINY, 12, convolution(TINY.channels, 3)),
  few0: mapNetwork(FEW, 0, relu),
  few2: mapNetwork(FEW, 2, convolution(FEW.channels, 3)),
  many0: mapNetwork(MANY, 0, relu),
  many1: mapNetwork(MANY, 1, convolution(MANY.channels, 3)),
  middle0: mapNetwork(MIDDLE, 0, relu),
  pointwise2: mapNetwork(MIDDLE, 2, convolution(MIDDLE.channels, 1)),
  depthwise1: mapNetwork(MIDDLE, 1, convolution(MIDDLE.channels, 3, MIDDLE.channels)),
  relu4: mapNetwork(MIDDLE, 4, relu),
  norm2: mapNetwork(MIDDLE, 2, norm),
  pool1: mapNetwork(MIDDLE, 1, pool),
  fewRows0: unitsNetwork(UNITS, FEW_ROWS, 0),
  fewRows4: unitsNetwork(UNITS, FEW_ROWS, 4),
  manyRows0: unitsNetwork(UNITS, MANY_ROWS, 0),
  manyRows1: unitsNetwork(UNITS, MANY_ROWS, 1),
} as const satisfies Record<string, CalibrationNetwork>

/**
 * How fast this machine trains on its CPU: steps of small networks with a layer some times more or less, so that what
 * they have in common falls out of the difference. Throws RuntimeError.
 */
export async function measureSpeed(threads: number): Promise<TrainingSpeed> {
  const seconds = await timeSteps(networks, threads)
  const ofLayer = positive((seconds.tiny12 - seconds.tiny2) / 10)
  /** Of one layer, beside its being started. */
  const ofOne = (name: keyof typeof seconds, without: keyof typeof seconds, count: number) =>
    positive((seconds[name] - seconds[without]) / count - ofLayer)
  const fewRows = ofOne('fewRows4', 'fewRows0', 4)
  const ofRow = positive((ofOne('manyRows1', 'manyRows0', 1) - fewRows) / (MANY_ROWS - FEW_ROWS))
  return {
    rates: {
      fewChannelConv: (9 * FEW.channels * valuesOf(FEW)) / ofOne('few2', 'few0', 2),
      manyChannelConv: (9 * MANY.channels * valuesOf(MANY)) / ofOne('many1', 'many0', 1),
      pointwiseConv: (MIDDLE.channels * valuesOf(MIDDLE)) / ofOne('pointwise2', 'middle0', 2),
      depthwiseConv: (9 * valuesOf(MIDDLE)) / ofOne('depthwise1', 'middle0', 1),
      fullyConnected: UNITS ** 2 / ofRow,
      elementwise: valuesOf(MIDDLE) / ofOne('relu4', 'middle0', 4),
      normalized: valuesOf(MIDDLE) / ofOne('norm2', 'middle0', 2),
      // A window of 3×3 for every fourth value.
      pooled: ((9 / 4) * valuesOf(MIDDLE)) / ofOne('pool1', 'middle0', 1),
      parameters: (UNITS * (UNITS + 1)) / positive(fewRows - FEW_ROWS * ofRow),
      layers: 1 / ofLayer,
    },
    // Of 5 layers.
    secondsOfStep: Math.max(0, seconds.tiny2 - 5 * ofLayer),
  }
}

/** What is too short to be told from the noise of the clock counts as a microsecond: a rate must stay a number. */
function positive(seconds: number): number {
  return Math.max(seconds, 1e-6)
}
