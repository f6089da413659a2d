import { axesAsInput } from './axes-input.ts'
import type { UpgradeStep } from './upgrade-step.ts'

const names = ['Mean', 'Max', 'Min', 'Prod', 'L1', 'L2', 'LogSum', 'LogSumExp', 'SumSquare']

/** Version 18 takes the axes as an input. */
export const reduce18: UpgradeStep = {
  opTypes: names.map((name) => `Reduce${name}`),
  version: 18,
  rewrite: axesAsInput,
}
