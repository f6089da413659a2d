import type { GradientRule } from '../rule.ts'

/** Y = X in the type of another tensor  =>  dX = dY; that other tensor gets none. */
export const castLikeRule: GradientRule = {
  opType: 'CastLike',
  keeps: { inputs: [], outputs: [] },
  refuses: (node) => (node.wants(1) ? 'there is no gradient by the tensor it takes the type of.' : undefined),
  gradient: (node) => [node.outputGradient(0), undefined],
}
