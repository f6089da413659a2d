import type { FilterVerdictName, LayerVerdictName } from '../../../protocol/verdicts.ts'

interface Mark {
  /** In a box of 16 by 16: what is filled, and what is drawn as a line. */
  readonly filled?: string
  readonly line?: string
  /** In the light and in the dark. */
  readonly colours: readonly [light: string, dark: string]
}

const circle = (radius: number) =>
  `M${8 - radius} 8a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`

/** The marks of the workbench: each has a shape of its own, so that none is told by its colour alone. */
const marks: Readonly<Record<FilterVerdictName, Mark>> = {
  structured: { filled: circle(6.5), colours: ['#0067a8', '#4fa9e2'] },
  emerging: { line: circle(5.5), filled: 'M8 2.5a5.5 5.5 0 0 0 0 11Z', colours: ['#2b87b8', '#7cc8ee'] },
  random: { line: circle(5.5), colours: ['#636c77', '#98a2ad'] },
  undecidable: {
    line: 'M4.8 5.4a3.2 3.2 0 1 1 4.6 2.9q-1.4 .7-1.4 2',
    filled: 'M6.7 13.6a1.3 1.3 0 1 0 2.6 0a1.3 1.3 0 1 0-2.6 0Z',
    colours: ['#79828d', '#808a95'],
  },
  duplicate: { line: 'M3 3.8h10M3 8h10M3 12.2h10', colours: ['#7a4fa3', '#b794e0'] },
  mirror: { line: 'M2.5 6h11l-3-3M13.5 10h-11l3 3', colours: ['#a8487f', '#dd97bd'] },
  dead: { line: 'M3.5 3.5l9 9M12.5 3.5l-9 9', colours: ['#c2500a', '#f08b4b'] },
  degenerate: {
    line: 'M8 2.5v6.5',
    filled: 'M6.6 13a1.4 1.4 0 1 0 2.8 0a1.4 1.4 0 1 0-2.8 0Z',
    colours: ['#8a6500', '#d8b23a'],
  },
}

export const verdictWords: Readonly<Record<FilterVerdictName, { readonly name: string; readonly meaning: string }>> = {
  structured: {
    name: 'structured',
    meaning:
      'The data shaped it: random weights hardly ever look like this. Of filters called so, about 5 in 100 are chance.',
  },
  emerging: { name: 'emerging', meaning: 'Perhaps: one random filter in twenty looks as structured.' },
  random: { name: 'random', meaning: 'Not distinguishable from random weights. It may still be useful.' },
  undecidable: { name: 'too small to tell', meaning: 'It has too few weights for a test to tell it from chance.' },
  duplicate: { name: 'duplicate', meaning: 'Nearly the same as an earlier filter of its layer.' },
  mirror: {
    name: 'mirror pair',
    meaning: 'Nearly an earlier filter with the opposite sign, as ReLU networks like to have them. No fault.',
  },
  dead: { name: 'dead', meaning: 'Its weights are next to nothing beside those of the other filters.' },
  degenerate: { name: 'degenerate', meaning: 'Flat, a single weight, or not a number: there is nothing to test.' },
}

export const layerWords: Readonly<Record<LayerVerdictName, string>> = {
  structured: 'structured',
  emerging: 'emerging',
  random: 'random',
  degenerate: 'degenerate',
  undecidable: 'too small to tell',
}

/** The shapes once for the whole page; `markOf` refers to them. */
export function markDefinitions(): string {
  const symbols = Object.entries(marks).map(([name, { filled, line }]) => {
    const fill = filled === undefined ? '' : `<path d="${filled}" fill="currentColor"/>`
    const stroke =
      line === undefined
        ? ''
        : `<path d="${line}" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"/>`
    return `<symbol id="mark-${name}" viewBox="0 0 16 16">${fill}${stroke}</symbol>`
  })
  return `<svg width="0" height="0" aria-hidden="true" style="position:absolute">${symbols.join('')}</svg>`
}

export function markOf(verdict: FilterVerdictName): string {
  return `<svg class="mark ${verdict}" aria-hidden="true"><use href="#mark-${verdict}"/></svg>`
}

/** Of the light (0) or the dark (1) theme. */
export function markColours(theme: 0 | 1): string {
  return Object.entries(marks)
    .map(([name, { colours }]) => `--${name}:${colours[theme]};`)
    .join('')
}

export const markRules = Object.keys(marks)
  .map((name) => `.${name}{color:var(--${name})}.bar .${name}{background:var(--${name})}`)
  .join('\n')
