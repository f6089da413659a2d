import type { Preprocessing } from '../protocol/models.ts'

/** The usual ways, per channel: mean and standard deviation of pixels 0–255. */
const choices = {
  imagenet: { colourOrder: 'rgb', mean: [123.675, 116.28, 103.53], standardDeviation: [58.395, 57.12, 57.375] },
  'zero-to-one': { colourOrder: 'rgb', mean: [0, 0, 0], standardDeviation: [255, 255, 255] },
  'minus-one-to-one': { colourOrder: 'rgb', mean: [127.5, 127.5, 127.5], standardDeviation: [127.5, 127.5, 127.5] },
  'zero-to-255': { colourOrder: 'rgb', mean: [0, 0, 0], standardDeviation: [1, 1, 1] },
  // Caffe's: blue first, the mean of ImageNet taken off.
  bgr: { colourOrder: 'bgr', mean: [103.939, 116.779, 123.68], standardDeviation: [1, 1, 1] },
} as const satisfies Record<string, Preprocessing>

export type PreprocessingChoice = keyof typeof choices
export const preprocessingChoices = Object.keys(choices) as PreprocessingChoice[]

/** What people most often mean where neither they nor the file say it. */
export function usualChoice(channels: number): PreprocessingChoice {
  return channels === 3 ? 'imagenet' : 'zero-to-one'
}

/** The numbers of a choice; one grey channel takes their mean. */
export function chosenPreprocessing(choice: PreprocessingChoice, channels: number): Preprocessing {
  const { colourOrder, mean, standardDeviation } = choices[choice]
  if (channels === 3) return { colourOrder, mean: [...mean], standardDeviation: [...standardDeviation] }
  const average = ([one, two, three]: readonly [number, number, number]) => (one + two + three) / 3
  return { colourOrder: 'rgb', mean: [average(mean)], standardDeviation: [average(standardDeviation)] }
}
