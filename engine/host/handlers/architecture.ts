import { architectureConcerns } from '../../architectures/concerns.ts'
import { describeArchitecture } from '../../architectures/describe-architecture.ts'
import { presets } from '../../architectures/presets/presets.ts'
import { stepWork } from '../../architectures/step-work.ts'
import { suitedPresets } from '../../architectures/suited-presets.ts'
import type { AreaHandlers } from './handlers.ts'

export const architectureHandlers: AreaHandlers<'architecture'> = {
  'architecture.presets': () => presets,
  'architecture.describe': ({ architecture, input, trainingPictures }) => {
    const description = describeArchitecture(architecture, input)
    const concerns = architectureConcerns(architecture, description, trainingPictures)
    if (description.error !== undefined) return { description, concerns }
    return { description, concerns, work: stepWork(architecture, description, input) }
  },
  'architecture.suited': ({ input, trainingPictures }) => suitedPresets(presets, input, trainingPictures),
}
