export const filterVerdictNames = [
  'structured',
  'emerging',
  'random',
  'undecidable',
  'duplicate',
  'mirror',
  'dead',
  'degenerate',
] as const
export type FilterVerdictName = (typeof filterVerdictNames)[number]

export const layerVerdictNames = ['random', 'emerging', 'structured', 'degenerate', 'undecidable'] as const
export type LayerVerdictName = (typeof layerVerdictNames)[number]

/** From this p on, a filter is emerging, if it is not structured among all. */
export const EMERGING_P = 0.05

/** The p at which random layers are called otherwise once in a hundred. */
export const LAYER_P = 0.005

/** One number of a filter or layer; each stands for one sentence of the page. */
export type MeasureId =
  | 'smooth'
  | 'spectrum'
  | 'shared'
  | 'family'
  | 'selective'
  | 'nearest'
  | 'pooledSpectrum'
  | 'effectiveRank'
  | 'varianceEntropy'

/** A measure as it travels, beside what chance alone makes of it: the quantiles at PROBABILITIES. */
export interface DescribedMeasure {
  readonly id: MeasureId
  readonly value: number
  /** The probability that random weights look at least as structured. */
  readonly p: number
  readonly quantiles: readonly number[]
}

/** From one thousandth to all but one, close together in the tails. */
export const PROBABILITIES: readonly number[] = [
  0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.975, 0.99, 0.995, 0.999,
]

export interface FilterJudgement {
  readonly index: number
  readonly verdict: FilterVerdictName
  /** The combined test; null where nothing was tested. */
  readonly p: number | null
  /** p among all filters of the layer (Benjamini and Hochberg). */
  readonly q: number | null
  /** The earlier filter that a duplicate repeats, or a mirror shows with the opposite sign. */
  readonly duplicateOf?: number
  /** The same test of what training has changed in it since its birth; left out but in the first convolution of a run. */
  readonly update?: { readonly p: number; readonly q: number }
}

/** The order in which a layer's weights seem to lie where that is not [F, C, kH, kW]. */
export type OtherAxisOrder = 'HWIO'

/** What is told about the filters of a layer. */
export interface LayerJudgement {
  readonly verdict: LayerVerdictName
  /** Of the layer as a whole; null where nothing could be tested. */
  readonly p: number | null
  /** Of what training has changed in all its filters together; left out but in the first convolution of a run. */
  readonly updateP?: number
  /** The estimated share of the filters tested that are still random, and the range that holds it 95 times of 100. */
  readonly pi0: { readonly estimate: number; readonly low: number; readonly high: number } | null
  /** How many filters of equal weight span as much; null in layers too large for it. */
  readonly effectiveRank: number | null
  /** The effective rank divided by that of random filters. */
  readonly diversity: number | null
  /** More orthogonal than chance: a mark of how the weights were drawn, not of what they learned. */
  readonly isOrthogonal: boolean
  /** Of the layer as a whole: the pooled spectrum, the effective rank, the variance entropy. */
  readonly measures: readonly DescribedMeasure[]
  readonly filters: readonly FilterJudgement[]
  /** Random as they are, structured when read in this order. */
  readonly otherAxisOrder?: OtherAxisOrder
}

/** Why a filter has its verdict. */
export interface FilterReasons extends FilterJudgement {
  /** The Euclidean length of the weights; null where one is not finite. */
  readonly norm: number | null
  /** Those that decide, then the nearest filter. */
  readonly measures: readonly DescribedMeasure[]
  /** How far it is from the weights it was born with; left out where these are not known. */
  readonly sinceBirth?: DistanceFromBirth
}

/** That a filter moved does not say that it learned: noise moves filters too. */
export interface DistanceFromBirth {
  /** 1 − cosine: 0 for the direction it was born with, 1 for a right angle. */
  readonly rotation: number
  /** The length of the difference, in lengths at birth. */
  readonly distance: number
  /** The share of its weights that changed their sign. */
  readonly signFlips: number
}

/** One look at all filters of a run. A look at a step replaces every look at that step or later: the run went on from before. */
export interface VerdictLook {
  readonly step: number
  readonly layers: readonly LayerLook[]
}

export interface LayerLook {
  readonly name: string
  readonly verdict: LayerVerdictName
  readonly p: number | null
  /** A letter for each filter, see VERDICT_LETTERS. */
  readonly filters: string
}

export const VERDICT_LETTERS = {
  structured: 's',
  emerging: 'e',
  random: 'r',
  undecidable: 'u',
  duplicate: 'c',
  mirror: 'm',
  dead: 'd',
  degenerate: 'g',
} as const satisfies Record<FilterVerdictName, string>
