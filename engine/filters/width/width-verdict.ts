import type { Ablation, LayerSaturation, WidthReason, WidthVerdict } from '../../protocol/advice.ts'

/** Where advice begins; see resources/docs/width-advice.md for what they were tried on. */
export const WIDTH_THRESHOLDS = {
  /** Too many: no larger a share of the filters holds the accuracy. */
  mostAtKnee: 2 / 3,
  /** Too few: a larger share is needed. */
  leastWithoutPlateau: 0.9,
  /** Too many: a larger share is dead or repeated. */
  mostSpare: 0.3,
  /** Too many: the outputs vary in a smaller share of directions. */
  leastSaturation: 0.3,
} as const

export interface WidthEvidence {
  readonly filters: number
  readonly dead: number
  readonly copies: number
  readonly saturation: LayerSaturation | undefined
  readonly ablation: Ablation | undefined
  /** The share of the most frequent of the answers compared with: what a network reaches that looks at nothing. */
  readonly chance: number
  readonly whyNotMeasured: string | undefined
}

export interface JudgedWidth {
  readonly verdict: WidthVerdict
  readonly reasons: readonly WidthReason[]
  readonly suggested?: number
}

/** Whether a layer has too many filters, or too few, and how many to try. */
export function judgeWidth(evidence: WidthEvidence): JudgedWidth {
  const { filters, ablation, chance, whyNotMeasured, saturation } = evidence
  if (whyNotMeasured !== undefined) return { verdict: 'unknown', reasons: [{ id: 'notMeasured', why: whyNotMeasured }] }
  if (ablation === undefined) return { verdict: 'unknown', reasons: [] }
  if (!isAboveChance(ablation, chance)) {
    const { measure, accuracy } = ablation
    const id = measure === 'accuracy' ? 'noBetterThanChance' : 'oneAnswer'
    return { verdict: 'unknown', reasons: [{ id, accuracy, chance }] }
  }
  const knee = ablation.curves.find(({ order }) => order === ablation.best)?.knee
  if (knee === undefined) return { verdict: 'unknown', reasons: [] }
  // What the curve shows decides: filters that are needed are not too many, whatever else is said of them.
  if (knee.kept > WIDTH_THRESHOLDS.leastWithoutPlateau * filters) {
    return { verdict: 'tooFew', reasons: [{ id: 'noPlateau', kept: knee.kept, filters }], suggested: 2 * filters }
  }
  const spare = evidence.dead + evidence.copies
  const reasons: WidthReason[] = []
  if (knee.kept <= WIDTH_THRESHOLDS.mostAtKnee * filters) reasons.push({ id: 'knee', kept: knee.kept, filters })
  if (spare > WIDTH_THRESHOLDS.mostSpare * filters) reasons.push({ id: 'spare', spare, filters })
  if (saturation !== undefined && saturation.share < WIDTH_THRESHOLDS.leastSaturation) {
    reasons.push({ id: 'saturation', components: saturation.components, filters })
  }
  if (reasons.length > 0)
    return { verdict: 'tooMany', reasons, suggested: Math.max(1, knee.high < filters ? knee.high : knee.kept) }
  return { verdict: 'aboutRight', reasons: [{ id: 'knee', kept: knee.kept, filters }] }
}

/** By three standard errors. */
function isAboveChance({ accuracy, pictures }: Ablation, chance: number): boolean {
  return accuracy > chance + 3 * Math.sqrt((chance * (1 - chance)) / pictures)
}
