import { type UpgradeStep, without } from './upgrade-step.ts'

/** Version 7 always spreads the third operand over the result; `broadcast` allowed it before. */
export const gemm7: UpgradeStep = {
  opTypes: ['Gemm'],
  version: 7,
  rewrite: (node) => [{ ...node, attributes: without(node, 'broadcast') }],
}
