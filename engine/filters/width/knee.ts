import { type KneeEstimate, KNEE_SHARE } from '../../protocol/advice.ts'
import type { RandomStream } from '../../random/stream.ts'

/** Which pictures were told right, 1 or 0 each, with so many filters kept. */
export interface MaskedAnswers {
  readonly kept: number
  readonly correct: Uint8Array
}

const RESAMPLINGS = 3

/**
 * The knee of a curve with its range over three bootstraps of the pictures (Efron, 1979). `answers` run from few
 * filters kept to all.
 */
export function estimateKnee(answers: readonly MaskedAnswers[], stream: RandomStream): KneeEstimate {
  const count = answers.at(-1)?.correct.length ?? 0
  const whole = kneeOf(
    answers,
    Uint32Array.from({ length: count }, (_, picture) => picture),
  )
  const resampled = Array.from({ length: RESAMPLINGS }, () =>
    kneeOf(
      answers,
      Uint32Array.from({ length: count }, () => stream.integer(count)),
    ),
  )
  return { kept: whole, low: Math.min(whole, ...resampled), high: Math.max(whole, ...resampled) }
}

function kneeOf(answers: readonly MaskedAnswers[], pictures: Uint32Array): number {
  const score = ({ correct }: MaskedAnswers) => pictures.reduce((sum, picture) => sum + (correct[picture] as number), 0)
  const last = answers.at(-1)
  if (last === undefined) return 0
  const needed = KNEE_SHARE * score(last)
  return answers.find((one) => score(one) >= needed)?.kept ?? last.kept
}
