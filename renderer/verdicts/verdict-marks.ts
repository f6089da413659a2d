import type { FilterVerdictName } from '../../engine/protocol/verdicts.ts'

/** A mark in a box of 16 by 16: what is filled, and what is drawn as a line 2 wide with round ends. */
export interface MarkShape {
  readonly filled?: string
  readonly line?: string
}

const circle = (radius: number): string =>
  `M${8 - radius} 8a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`

/** Shapes of their own, so that no verdict is told by its colour alone. */
export const markShapes: Readonly<Record<FilterVerdictName, MarkShape>> = {
  structured: { filled: circle(6.5) },
  emerging: { line: circle(5.5), filled: 'M8 2.5a5.5 5.5 0 0 0 0 11Z' },
  random: { line: circle(5.5) },
  undecidable: {
    line: 'M4.8 5.4a3.2 3.2 0 1 1 4.6 2.9q-1.4 .7-1.4 2',
    filled: 'M6.7 13.6a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0Z',
  },
  duplicate: { line: 'M3 3.8h10M3 8h10M3 12.2h10' },
  mirror: { line: 'M2.5 6h11l-3-3M13.5 10h-11l3 3' },
  dead: { line: 'M3.5 3.5l9 9M12.5 3.5l-9 9' },
  degenerate: { line: 'M8 2.5v6.5', filled: 'M6.6 13a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0Z' },
}

/** The CSS variable that holds the colour of a mark. */
export const markColour = (verdict: FilterVerdictName): string => `--verdict-${verdict}`
