import type { Emitter, ForwardNode } from './rule.ts'

/** p of LpPool and GlobalLpPool. */
function exponent(node: ForwardNode): number {
  return node.int('p', 2)
}

/** sign(X) |X|^(p-1), the slope of |X|^p / p. */
export function normSlope(node: ForwardNode, emit: Emitter): string {
  const [X, p] = [node.input(0), exponent(node)]
  if (p === 2) return X
  const sign = emit.op('Sign', [X], {}, 'sign')
  if (p === 1) return sign
  const power = emit.op('Pow', [emit.op('Abs', [X], {}, 'size'), emit.scalar(p - 1)], {}, 'power')
  return emit.op('Mul', [sign, power], {}, 'slope')
}

/** dY Y^(1-p), and 0 where Y is 0. */
export function normWeight(node: ForwardNode, emit: Emitter): string {
  const [Y, dY, p] = [node.output(0), node.outputGradient(0), exponent(node)]
  if (p === 1) return dY
  const isZero = emit.op('Equal', [Y, emit.scalar(0)], {}, 'is-zero')
  const norm = emit.op('Where', [isZero, emit.scalar(1), Y], {}, 'norm')
  const divisor = p === 2 ? norm : emit.op('Pow', [norm, emit.scalar(p - 1)], {}, 'divisor')
  return emit.op('Div', [dY, divisor], {}, 'weight')
}
