import { type FilterVerdictName, type VerdictLook, VERDICT_LETTERS, filterVerdictNames } from './verdicts.ts'

/** Two looks while the steps double: weights a few steps apart say nearly the same, and every look takes from training. */
const NEXT_LOOK = Math.SQRT2

/** At which of the `kept` steps, ascending, to look after a look at `last`; a run that is over is also seen at its end. */
export function dueLooks(kept: readonly number[], last: number | undefined, isOver: boolean): number[] {
  const due: number[] = []
  let before = last
  for (const step of kept) {
    if (before !== undefined && (step <= before || step < NEXT_LOOK * before)) continue
    due.push(step)
    before = step
  }
  const newest = kept.at(-1)
  if (isOver && newest !== undefined && (before === undefined || newest > before)) due.push(newest)
  return due
}

/** The looks with one more, which replaces all that are not before it. */
export function withLook(looks: readonly VerdictLook[], look: VerdictLook): VerdictLook[] {
  return [...looks.filter(({ step }) => step < look.step), look]
}

const namesOfLetters = new Map<string, FilterVerdictName>(
  filterVerdictNames.map((name) => [VERDICT_LETTERS[name], name]),
)

/** The verdicts of a layer's letters; a letter that is none stands for a filter that may be anything. */
export function verdictsOf(letters: string): FilterVerdictName[] {
  return Array.from(letters, (letter) => namesOfLetters.get(letter) ?? 'undecidable')
}

export interface DatedVerdict {
  readonly step: number
  readonly verdict: FilterVerdictName
}

/** The verdicts of one filter, oldest first. */
export function historyOf(looks: readonly VerdictLook[], layer: string, filter: number): DatedVerdict[] {
  return looks.flatMap(({ step, layers }) => {
    const letter = layers.find(({ name }) => name === layer)?.filters[filter]
    const verdict = letter === undefined ? undefined : namesOfLetters.get(letter)
    return verdict === undefined ? [] : [{ step, verdict }]
  })
}

/** The step of the first look from which on the verdict has stayed what it is now; undefined where it never changed. */
export function flipStep(history: readonly DatedVerdict[]): number | undefined {
  const last = history.at(-1)
  let flip = history.length - 1
  while (flip > 0 && history[flip - 1]?.verdict === last?.verdict) flip--
  return flip > 0 ? history[flip]?.step : undefined
}
