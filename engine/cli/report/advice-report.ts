import type { AblationCurve, WidthAdvice } from '../../protocol/advice.ts'
import { percent } from './numbers.ts'

/** What was found out about the number of filters of layers. */
export interface AdviceFindings {
  /** By the name of the layer. */
  readonly layers: ReadonlyMap<string, WidthAdvice>
  /** Why layers could not be measured, by name. */
  readonly refusals: ReadonlyMap<string, string>
  /** Of the data. */
  readonly title: string
}

/** The advice about a layer as JSON, or why there is none. */
export function adviceAsJson({ layers, refusals }: AdviceFindings, name: string) {
  const advice = layers.get(name)
  if (advice === undefined) {
    const whyNotAdvised = refusals.get(name)
    return whyNotAdvised === undefined ? {} : { whyNotAdvised }
  }
  const { layer: _layer, step: _step, ...rest } = advice
  return { advice: rest }
}

export const adviceHead: readonly string[] = ['advice', 'needed']

/** Whether the layer has enough filters, and how many of them it needs. */
export function adviceCells({ layers }: AdviceFindings, name: string): readonly string[] {
  const advice = layers.get(name)
  if (advice === undefined) return ['not measured', '']
  const { verdict, suggested, filters } = advice
  const knee = bestCurve(advice)?.knee
  const needed = knee === undefined ? '' : `${knee.kept} (${knee.low} to ${knee.high}) of ${filters}`
  switch (verdict) {
    case 'tooMany':
      return [suggested === undefined ? 'too many' : `too many, try ${suggested}`, needed]
    case 'tooFew':
      return [suggested === undefined ? 'maybe too few' : `maybe too few, try ${suggested}`, needed]
    case 'aboutRight':
      return ['about right', needed]
    case 'unknown':
      return ['cannot tell', '']
  }
}

/** The one that needs the fewest filters; undefined where none was measured. */
export function bestCurve({ ablation }: WidthAdvice): AblationCurve | undefined {
  return ablation?.curves.find(({ order }) => order === ablation.best)
}

/** What the columns mean, and a line for each layer that nothing can be told of. */
export function adviceLegend({ layers, refusals, title }: AdviceFindings): string[] {
  const measured = [...layers.values()].flatMap(({ ablation }) => ablation ?? [])
  const pictures = measured.map((ablation) => ablation.pictures)
  const range =
    Math.min(...pictures) === Math.max(...pictures)
      ? `${pictures[0]}`
      : `${Math.min(...pictures)} to ${Math.max(...pictures)}`
  const against = measured.some(({ measure }) => measure === 'agreement')
    ? 'Its classes are not those of the pictures, so answers are compared with what the whole model says.'
    : 'Answers are compared with the classes of the pictures.'
  const legend =
    measured.length === 0
      ? []
      : [
          `advice: whether a layer has enough filters, masked one after the other on ${range} validation pictures of ${title}.`,
          `needed: how many hold 99 % of the right answers, and what resampled pictures give. ${against}`,
        ]
  const untold = [...layers.values()].flatMap((advice) => whyNothingIsTold(advice))
  return [...legend, ...untold, ...[...refusals].map(([name, why]) => `${name}: ${why}`)]
}

function whyNothingIsTold({ layer, reasons }: WidthAdvice): string[] {
  return reasons.flatMap((reason) => {
    if (reason.id === 'notMeasured') return `${layer}: ${reason.why}`
    if (reason.id === 'noBetterThanChance') {
      return `${layer}: the model is right on ${percent(reason.accuracy)} of the pictures, and always naming the most frequent class gives ${percent(reason.chance)}.`
    }
    if (reason.id !== 'oneAnswer') return []
    return `${layer}: the model names one class for ${percent(reason.chance)} of these pictures, which masking can hardly change.`
  })
}
