import type { Preprocessing } from '../../engine/protocol/models.ts'

/** The usual ways in which pictures are prepared for a network. */
export const preprocessingChoices = ['unit', 'signed', 'imagenet', 'caffe', 'mnist', 'bytes'] as const
export type PreprocessingChoice = (typeof preprocessingChoices)[number]

/** Mean and standard deviation of pixels from 0 to 255, and the order of the channels; for as many channels as a network has. */
const forThree: Record<Exclude<PreprocessingChoice, 'mnist'>, Preprocessing> = {
  unit: { colourOrder: 'rgb', mean: [0, 0, 0], standardDeviation: [255, 255, 255] },
  signed: { colourOrder: 'rgb', mean: [127.5, 127.5, 127.5], standardDeviation: [127.5, 127.5, 127.5] },
  // The means and deviations of ImageNet as torchvision documents them, 0.485 0.456 0.406 and 0.229 0.224 0.225 of 255.
  imagenet: { colourOrder: 'rgb', mean: [123.675, 116.28, 103.53], standardDeviation: [58.395, 57.12, 57.375] },
  caffe: { colourOrder: 'bgr', mean: [103.939, 116.779, 123.68], standardDeviation: [1, 1, 1] },
  bytes: { colourOrder: 'rgb', mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
}
const forOne: Record<Exclude<PreprocessingChoice, 'imagenet' | 'caffe'>, Preprocessing> = {
  unit: { colourOrder: 'rgb', mean: [0], standardDeviation: [255] },
  signed: { colourOrder: 'rgb', mean: [127.5], standardDeviation: [127.5] },
  // 0.1307 and 0.3081 of 255, the statistics of the MNIST training set.
  mnist: { colourOrder: 'rgb', mean: [33.3285], standardDeviation: [78.5655] },
  bytes: { colourOrder: 'rgb', mean: [0], standardDeviation: [1] },
}

/** The choices for a network of that many input channels, in the order they are offered. */
export function choicesFor(channels: number): ReadonlyMap<PreprocessingChoice, Preprocessing> {
  const table: Partial<Record<PreprocessingChoice, Preprocessing>> = channels === 1 ? forOne : forThree
  return new Map(
    preprocessingChoices.flatMap((choice) => {
      const preprocessing = table[choice]
      return preprocessing === undefined ? [] : [[choice, preprocessing] as const]
    }),
  )
}

/** Which of the usual choices a preparation is; undefined for one of its own. */
export function choiceOf(preprocessing: Preprocessing, channels: number): PreprocessingChoice | undefined {
  for (const [choice, candidate] of choicesFor(channels)) {
    const isSame =
      (channels === 1 || candidate.colourOrder === preprocessing.colourOrder) &&
      areClose(candidate.mean, preprocessing.mean) &&
      areClose(candidate.standardDeviation, preprocessing.standardDeviation)
    if (isSame) return choice
  }
  return undefined
}

/** Files often carry rounded numbers. */
function areClose(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => Math.abs(value - (other[index] ?? NaN)) < 0.2)
}
