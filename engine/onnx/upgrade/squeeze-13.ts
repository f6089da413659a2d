import { axesAsInput } from './axes-input.ts'
import type { UpgradeStep } from './upgrade-step.ts'

/** Version 13 takes the axes as an input. */
export const squeeze13: UpgradeStep = { opTypes: ['Squeeze', 'Unsqueeze'], version: 13, rewrite: axesAsInput }
