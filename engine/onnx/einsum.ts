/**
 * The labels of an Einsum's axes: a letter for each named one, and for each axis that an ellipsis stands for a number
 * counted from the last of them, so that ellipses of different length align on the right.
 */
export interface EinsumLabels {
  readonly inputs: readonly (readonly string[])[]
  readonly output: readonly string[]
}

/**
 * Reads an equation such as `bhqd,bhkd->bhqk` or `...ij,...jk` for inputs of the given numbers of axes. Without an arrow
 * the output has the ellipsis first, then every letter that occurs once, in alphabetical order. Undefined where the
 * equation does not fit the inputs.
 */
export function readEinsum(equation: string, ranks: readonly number[]): EinsumLabels | undefined {
  const [left = '', right] = equation.replaceAll(' ', '').split('->')
  const terms = left.split(',')
  if (terms.length !== ranks.length) return undefined
  const inputs = terms.map((term, index) => labelsOf(term, (ranks[index] ?? 0) - letters(term).length))
  if (inputs.some((labels, index) => labels?.length !== ranks[index])) return undefined
  const known = inputs as readonly (readonly string[])[]
  const broadcast = known.map(ellipsisOf).reduce((one, other) => (other.length > one.length ? other : one), [])
  const output = right === undefined ? implicitOutput(left, broadcast) : labelsOf(right, broadcast.length)
  return output === undefined ? undefined : { inputs: known, output }
}

/** The equation that `readEinsum` reads as these labels; an axis of an ellipsis gets a letter that is not used. */
export function writeEinsum({ inputs, output }: EinsumLabels): string {
  const used = new Set([...inputs.flat(), ...output])
  const free = [...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'].filter((letter) => !used.has(letter))
  const names = new Map([...used].map((label) => [label, /\d/.test(label) ? (free.shift() ?? '') : label]))
  const term = (labels: readonly string[]) => labels.map((label) => names.get(label) ?? '').join('')
  return `${inputs.map(term).join(',')}->${term(output)}`
}

function letters(term: string): string {
  return term.replace('...', '')
}

function labelsOf(term: string, ellipsis: number): readonly string[] | undefined {
  const [before = '', after] = term.split('...')
  if (after === undefined) return [...before]
  if (ellipsis < 0) return undefined
  return [...before, ...Array.from({ length: ellipsis }, (_, index) => String(ellipsis - 1 - index)), ...after]
}

function ellipsisOf(labels: readonly string[]): readonly string[] {
  return labels.filter((label) => /\d/.test(label))
}

function implicitOutput(left: string, broadcast: readonly string[]): readonly string[] {
  const all = [...left.replaceAll(/\.\.\.|,/g, '')]
  return [...broadcast, ...all.filter((letter) => all.indexOf(letter) === all.lastIndexOf(letter)).toSorted()]
}
