import type { UpgradeStep } from './upgrade-step.ts'

/** Version 11 calls it ScatterElements. */
export const scatter11: UpgradeStep = {
  opTypes: ['Scatter'],
  version: 11,
  rewrite: (node) => [{ ...node, opType: 'ScatterElements' }],
}
