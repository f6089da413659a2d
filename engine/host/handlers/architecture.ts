import { architectureConcerns } from '../../architectures/concerns.ts'
import { describeArchitecture } from '../../architectures/describe-architecture.ts'
import { presets } from '../../architectures/presets/presets.ts'
import { suitedPresets } from '../../architectures/suited-presets.ts'
import type { AreaHandlers } from './handlers.ts'

export const architectureHandlers: AreaHandlers<'architecture'> = {
  'architecture.presets': () => presets,
  'architecture.describe': ({ architecture, input, trainingPictures }) => {
    const description = describeArchitecture(architecture, input)
    return { description, concerns: architectureConcerns(architecture, description, trainingPictures) }
  },
  'architecture.suited': ({ input, trainingPictures }) => suitedPresets(presets, input, trainingPictures),
}
