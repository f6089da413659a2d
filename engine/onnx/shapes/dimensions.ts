import type { Dimension } from '../graph.ts'

/**
 * An element of a small tensor known before running: a number, the name of a dimension (the batch size that Shape
 * gives), or undefined where it is not known.
 */
export type KnownValue = Dimension | undefined

/** coefficient · symbol · symbol …, what products of symbolic sizes come to. */
interface Monomial {
  readonly coefficient: number
  readonly symbols: readonly string[]
}

const plainSymbol = /^[A-Za-z_][\w.]*$/

/** Longer products tell nobody anything, and products of products of them would grow without end. */
const mostSymbols = 8

function monomial(dimension: Dimension): Monomial {
  if (typeof dimension === 'number') return { coefficient: dimension, symbols: [] }
  const [first = '', ...rest] = dimension.split('*')
  const coefficient = /^\d+$/.test(first) ? Number(first) : undefined
  const symbols = coefficient === undefined ? [first, ...rest] : rest
  if (!symbols.every((symbol) => plainSymbol.test(symbol))) return { coefficient: 1, symbols: [dimension] }
  return { coefficient: coefficient ?? 1, symbols }
}

function toDimension({ coefficient, symbols }: Monomial): KnownValue {
  if (symbols.length === 0 || coefficient === 0) return coefficient
  if (coefficient === 1 && symbols.length === 1) return symbols[0]
  const writable =
    symbols.length <= mostSymbols &&
    Number.isSafeInteger(coefficient) &&
    coefficient > 0 &&
    symbols.every((symbol) => plainSymbol.test(symbol))
  if (!writable) return undefined
  const factors = symbols.toSorted()
  return (coefficient === 1 ? factors : [String(coefficient), ...factors]).join('*')
}

function multiply(dimensions: readonly Dimension[]): Monomial {
  const factors = dimensions.map(monomial)
  return {
    coefficient: factors.reduce((product, factor) => product * factor.coefficient, 1),
    symbols: factors.flatMap((factor) => factor.symbols),
  }
}

/** The product of sizes, `4*batch` where one is symbolic; undefined where it cannot be written down. */
export function product(dimensions: readonly Dimension[]): KnownValue {
  return toDimension(multiply(dimensions))
}

/** product(dividends) / product(divisors); undefined where that is not a whole, known expression. */
export function quotient(dividends: readonly Dimension[], divisors: readonly Dimension[]): KnownValue {
  const dividend = multiply(dividends)
  const divisor = multiply(divisors)
  if (divisor.coefficient === 0 || dividend.coefficient % divisor.coefficient !== 0) return undefined
  const left = [...dividend.symbols]
  for (const symbol of divisor.symbols) {
    const index = left.indexOf(symbol)
    if (index < 0) return undefined
    left.splice(index, 1)
  }
  return toDimension({ coefficient: dividend.coefficient / divisor.coefficient, symbols: left })
}

/** The size of two broadcast against each other: undefined where it depends on run-time sizes, null where they clash. */
export function broadcastDimension(a: Dimension, b: Dimension): KnownValue | null {
  if (a === b || b === 1) return a
  if (a === 1) return b
  if (typeof a === 'number' && typeof b === 'number') return null
  if (typeof a === 'number') return a
  return typeof b === 'number' ? b : undefined
}

export function formatDims(dims: readonly Dimension[]): string {
  return `[${dims.join(', ')}]`
}
