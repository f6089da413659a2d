import { axesAsInput } from './axes-input.ts'
import type { UpgradeStep } from './upgrade-step.ts'

/** Version 13 takes the axes of ReduceSum as an input, five versions before those of its kin. */
export const reduceSum13: UpgradeStep = { opTypes: ['ReduceSum'], version: 13, rewrite: axesAsInput }
