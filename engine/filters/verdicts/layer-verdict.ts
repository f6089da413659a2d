import { LAYER_P, type LayerVerdictName } from '../../protocol/verdicts.ts'

/** What decides about a layer as a whole. */
export interface LayerEvidence {
  readonly filters: number
  /** Neither dead nor degenerate. */
  readonly alive: number
  /** Of those, how many are structured by themselves. */
  readonly structured: number
  readonly p: number | null
  /** The effective rank divided by that of random filters. */
  readonly diversity: number | null
  /** Of all filters that are alive together. */
  readonly testableWeights: number
}

const FEWEST_ALIVE = 0.5
const LEAST_DIVERSITY = 0.25
const MOST_RANDOM = 0.5
/** Four filters that can each just be told. */
const FEWEST_WEIGHTS = 96

export function nameLayer(evidence: LayerEvidence): LayerVerdictName {
  const { filters, alive, structured, p, diversity } = evidence
  if (alive <= FEWEST_ALIVE * filters) return 'degenerate'
  if (diversity !== null && diversity < LEAST_DIVERSITY) return 'degenerate'
  if (p === null) return 'undecidable'
  if (p <= LAYER_P) return structured >= MOST_RANDOM * alive ? 'structured' : 'emerging'
  return evidence.testableWeights < FEWEST_WEIGHTS ? 'undecidable' : 'random'
}
