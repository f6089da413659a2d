import type { InputShape, SuitedPreset } from '../protocol/architecture.ts'
import type { ArchitecturePreset } from '../protocol/requests.ts'
import { architectureConcerns } from './concerns.ts'
import { describeArchitecture } from './describe-architecture.ts'

const MOST_SUGGESTED = 3
/** Pictures may be this many times as large or small as those a network was made for. */
const FURTHEST = 2.5

/**
 * The networks to start from for pictures of `input`'s size, best first, each with why: those that can be built without
 * a concern, made for pictures of nearly that size, and of these the ones with the most convolutions. Of a network that
 * there is with auxiliary heads and without, the one without.
 */
export function suitedPresets(
  presets: readonly ArchitecturePreset[],
  input: InputShape,
  trainingPictures: number,
): SuitedPreset[] {
  return presets
    .filter(({ architecture }) => architecture.heads === undefined)
    .map((preset) => {
      const description = describeArchitecture(preset.architecture, input)
      const isSound =
        description.error === undefined &&
        architectureConcerns(preset.architecture, description, trainingPictures).length === 0
      const convolutions = description.layers.filter(({ kind }) => kind === 'conv').length
      return { preset, isSound, convolutions, parameters: description.parameters, factor: sizeFactor(preset, input) }
    })
    .filter(({ isSound, factor }) => isSound && factor <= FURTHEST)
    .toSorted((one, other) => other.convolutions - one.convolutions || other.parameters - one.parameters)
    .slice(0, MOST_SUGGESTED)
    .map(({ preset, parameters }) => ({
      name: preset.architecture.name,
      reason: `Suits these pictures: made for ${preset.input.height}×${preset.input.width}, they are ${input.height}×${input.width}; ${parameters.toLocaleString('en')} parameters for ${trainingPictures.toLocaleString('en')} training pictures.`,
    }))
}

/** How many times as large, or as small, the pictures are as those of the network's source. */
function sizeFactor({ input: made }: ArchitecturePreset, { height, width }: InputShape): number {
  const ratio = Math.sqrt((height * width) / (made.height * made.width))
  return Math.max(ratio, 1 / ratio)
}
