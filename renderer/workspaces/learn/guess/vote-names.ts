import type { Vote } from '../../../../engine/protocol/guessing.ts'

export const voteNames = {
  1: 'surelyNoise',
  2: 'ratherNoise',
  3: 'ratherLearned',
  4: 'surelyLearned',
} as const satisfies Record<Vote, string>
