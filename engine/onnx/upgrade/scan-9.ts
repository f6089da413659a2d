import { type UpgradeStep, refuse } from './upgrade-step.ts'

/** Version 9 took the batch axis away from Scan. */
export const scan9: UpgradeStep = {
  opTypes: ['Scan'],
  version: 9,
  rewrite: (node) =>
    refuse(node, 'its Scan of operator set 8 runs over batches: export it with operator set 9 or later'),
}
