import type { Emitter, ForwardNode } from './rule.ts'

/** Y = scale X where X > 0, else fall / rate (exp(rate X) - 1): what Elu, Selu and Celu have in common. */
export interface ExponentialUnit {
  readonly scale: number
  /** The slope just below 0, which is that at 0 too. */
  readonly fall: number
  readonly rate: number
}

/** dX = dY scale where X > 0, else dY fall exp(rate X). */
export function exponentialUnitGradient(node: ForwardNode, emit: Emitter, unit: ExponentialUnit): string {
  const X = node.input(0)
  const isPositive = emit.op('Greater', [X, emit.scalar(0)], {}, 'is-positive')
  const exponent = unit.rate === 1 ? X : emit.op('Mul', [X, emit.scalar(unit.rate)], {}, 'exponent')
  const falling = emit.op('Mul', [emit.op('Exp', [exponent]), emit.scalar(unit.fall)], {}, 'falling')
  const slope = emit.op('Where', [isPositive, emit.scalar(unit.scale), falling], {}, 'slope')
  return emit.op('Mul', [node.outputGradient(0), slope], {}, 'dX')
}
