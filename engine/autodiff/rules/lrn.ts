import { requireAffordable } from '../affordable.ts'
import type { Emitter, ForwardNode, GradientRule } from '../rule.ts'

/**
 * Y = X D^-beta with D = bias + alpha / size * (sum of X^2 over the neighbouring channels), X [N, C, ...]
 * =>  dX = dY D^-beta - 2 alpha beta / size * X * (sum of dY X D^(-beta-1) over the channels X is a neighbour of).
 *
 * Both sums are 1x1 convolutions with a constant band matrix [C, C, 1...]: `D` with the bias and factor in it, `spread`
 * with the transposed band.
 */
export const lrnRule: GradientRule = {
  opType: 'LRN',
  keeps: { inputs: [0], outputs: [] },
  refuses(node) {
    if (typeof node.inputDims(0)[1] !== 'number') return 'its number of channels is not known before the run.'
    return node.inputDims(0).length < 3 ? 'its input has no height or width.' : undefined
  },
  gradient(node, emit) {
    const [X, dY] = [node.input(0), node.outputGradient(0)]
    const beta = node.float('beta', 0.75)
    const factor = node.float('alpha', 0.0001) / node.int('size', 1)
    const squares = emit.op('Mul', [X, X], {}, 'squares')
    const channels = node.inputDims(0)[1] as number
    requireAffordable(channels ** 2)
    const bias = emit.tensor('bias', [channels], new Float32Array(channels).fill(node.float('bias', 1)))
    const D = emit.op('Conv', [squares, band(node, emit, factor, false), bias], {}, 'D')
    const scale = emit.op('Pow', [D, emit.scalar(-beta)], {}, 'scale')
    const direct = emit.op('Mul', [dY, scale], {}, 'direct')
    const shares = emit.op('Div', [emit.op('Mul', [direct, X], {}, 'products'), D], {}, 'shares')
    const spread = emit.op('Conv', [shares, band(node, emit, 2 * beta * factor, true)], {}, 'spread')
    return [emit.op('Sub', [direct, emit.op('Mul', [X, spread], {}, 'indirect')], {}, 'dX')]
  },
}

/** [C, C, 1...] with `value` where the second channel is a neighbour of the first, or the first of the second. */
function band(node: ForwardNode, emit: Emitter, value: number, isTransposed: boolean): string {
  const [, channels, ...spatial] = node.inputDims(0) as readonly [number, number, ...number[]]
  const size = node.int('size', 1)
  const [before, after] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)]
  const values = Float32Array.from({ length: channels * channels }, (_, index) => {
    const [row, column] = [Math.floor(index / channels), index % channels]
    const distance = isTransposed ? row - column : column - row
    return distance >= -before && distance <= after ? value : 0
  })
  return emit.tensor(isTransposed ? 'band-transposed' : 'band', [channels, channels, ...spatial.map(() => 1)], values)
}
