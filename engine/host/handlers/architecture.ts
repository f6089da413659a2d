import { architectureConcerns } from '../../architectures/concerns.ts'
import { describeArchitecture } from '../../architectures/describe-architecture.ts'
import { presets } from '../../architectures/presets/presets.ts'
import { suitedPresets } from '../../architectures/suited-presets.ts'
import type { AreaHandlers } from './handlers.ts'

export const architectureHandlers: AreaHandlers<'architecture'> = {
  'architecture.presets': () => presets,
  'architecture.describe': ({ architecture, input }) => describeArchitecture(architecture, input),
  'architecture.concerns': ({ architecture, input, trainingPictures }) =>
    architectureConcerns(architecture, describeArchitecture(architecture, input), trainingPictures),
  'architecture.suited': ({ input, trainingPictures }) => suitedPresets(presets, input, trainingPictures),
}
