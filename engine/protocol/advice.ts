/** In which order filters are masked, the least useful first. */
export const filterOrders = ['norm', 'activation', 'taylor', 'greedy'] as const
export type FilterOrder = (typeof filterOrders)[number]

export interface AblationPoint {
  /** How many filters are left; the others are masked. */
  readonly kept: number
  /** 0–1. */
  readonly accuracy: number
}

/** What is left of the accuracy while filters are masked one after the other, nothing being trained again. */
export interface AblationCurve {
  readonly order: FilterOrder
  /** All filters, the most useful first. */
  readonly ranking: readonly number[]
  /** From none kept to all. */
  readonly points: readonly AblationPoint[]
  /** The smallest number kept that holds KNEE_SHARE of the accuracy with all. */
  readonly knee: KneeEstimate
}

/** `low` and `high`: the smallest and the largest that resampled pictures give. */
export interface KneeEstimate {
  readonly kept: number
  readonly low: number
  readonly high: number
}

/** Of the accuracy with all filters: what must be left at the knee. */
export const KNEE_SHARE = 0.99

/** How many directions the outputs of a layer need. */
export interface LayerSaturation {
  /** Principal components that hold 99 % of the variance over the filters' outputs. */
  readonly components: number
  /** `components` divided by the number of filters. */
  readonly share: number
  /** How many positions of maps were looked at. */
  readonly positions: number
}

export type WidthVerdict = 'tooMany' | 'tooFew' | 'aboutRight' | 'unknown'

/** A number that speaks for the advice, or against any; each is one sentence of the page. */
export type WidthReason =
  /** `kept` of `filters` hold 99 % of the accuracy. */
  | { readonly id: 'knee'; readonly kept: number; readonly filters: number }
  /** The accuracy falls with the first filters that are masked. */
  | { readonly id: 'noPlateau'; readonly kept: number; readonly filters: number }
  /** Dead filters and extra copies. */
  | { readonly id: 'spare'; readonly spare: number; readonly filters: number }
  | { readonly id: 'saturation'; readonly components: number; readonly filters: number }
  /** The network does not tell the classes apart: nothing can be measured by masking. */
  | { readonly id: 'noBetterThanChance'; readonly accuracy: number; readonly chance: number }
  /** The network's own answers are compared with, and nearly all are one class. */
  | { readonly id: 'oneAnswer'; readonly accuracy: number; readonly chance: number }
  /** One sentence about why the layer cannot be masked. */
  | { readonly id: 'notMeasured'; readonly why: string }

/** Whether a layer has enough filters, and what speaks for it. */
export interface WidthAdvice {
  readonly layer: string
  /** Of the run; 0 for a model file. */
  readonly step: number
  readonly filters: number
  readonly verdict: WidthVerdict
  readonly reasons: readonly WidthReason[]
  /** How many filters to try; left out where the advice is to leave them. */
  readonly suggested?: number
  readonly dead: number
  /** Repetitions of an earlier filter. */
  readonly copies: number
  /** How many filters may as well be chance, and the range that holds it 95 times of 100; null where nothing was tested. */
  readonly random: { readonly estimate: number; readonly low: number; readonly high: number } | null
  /** Effective rank divided by that of random filters; null in layers too large for it. */
  readonly diversity: number | null
  /** Left out where too few positions were there to tell, or the output does not vary. */
  readonly saturation?: LayerSaturation
  /** Left out where masking says nothing. */
  readonly ablation?: Ablation
  /** Why the layer cannot be given other filters, as a full sentence; left out where it can. */
  readonly whyNotResizable?: string
}

export interface Ablation {
  /** The validation pictures that were shown. */
  readonly pictures: number
  /** accuracy: against the classes of the data; agreement: with what the whole network says, where its classes are others. */
  readonly measure: 'accuracy' | 'agreement'
  /** With all filters. */
  readonly accuracy: number
  readonly curves: readonly AblationCurve[]
  /** The order of the curve with the smallest knee. */
  readonly best: FilterOrder
  /** Orders that could not be measured, with a sentence each. */
  readonly missing: readonly { readonly order: FilterOrder; readonly why: string }[]
  /** How far the greedy order was looked for; left out where it was not. */
  readonly greedy?: GreedySearch
}

/** While more filters were left than `from`, they went untried, in the order `first`. */
export interface GreedySearch {
  readonly from: number
  readonly first: FilterOrder
  /** By how many pictures it chose. */
  readonly pictures: number
}
