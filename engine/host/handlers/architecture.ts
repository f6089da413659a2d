import { describeArchitecture } from '../../architectures/describe-architecture.ts'
import { presets } from '../../architectures/presets/presets.ts'
import type { AreaHandlers } from './handlers.ts'

export const architectureHandlers: AreaHandlers<'architecture'> = {
  'architecture.presets': () => presets,
  'architecture.describe': ({ architecture, input }) => describeArchitecture(architecture, input),
}
