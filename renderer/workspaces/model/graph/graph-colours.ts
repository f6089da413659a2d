import type { GraphColours } from '../../../graph/graph-picture.ts'
import type { OperatorKind } from '../../../graph/operator-kind.ts'

/** The colour of each kind of operator, as the theme has it. */
export const kindColours: Readonly<Record<OperatorKind, string>> = {
  convolution: 'var(--category-1)',
  linear: 'var(--category-7)',
  normalization: 'var(--category-3)',
  activation: 'var(--category-2)',
  pooling: 'var(--category-5)',
  combination: 'var(--category-4)',
  arrangement: 'var(--category-8)',
  other: 'var(--category-6)',
}

/** The theme's colours as values, for a picture that leaves the window. */
export function readGraphColours(): GraphColours {
  const style = getComputedStyle(document.documentElement)
  const read = (name: string): string => style.getPropertyValue(name).trim()
  const kinds = Object.fromEntries(
    Object.entries(kindColours).map(([kind, colour]) => [kind, read(colour.slice('var('.length, -1))]),
  ) as Record<OperatorKind, string>
  return {
    background: read('--color-surface'),
    box: read('--color-raised'),
    frame: read('--color-canvas'),
    border: read('--color-border-control'),
    edge: read('--color-border-control'),
    text: read('--color-text'),
    detail: read('--color-text-secondary'),
    kinds,
    fontFamily: read('--font-text'),
  }
}
