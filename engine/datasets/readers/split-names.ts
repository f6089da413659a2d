import type { SplitName } from '../../protocol/data.ts'

const WORDS: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['val', 'validation'],
  ['valid', 'validation'],
  ['validation', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
])

/** The split that is called `name`, in whatever case. */
export function splitNamed(name: string): SplitName | undefined {
  return WORDS.get(name.toLowerCase())
}

/** The split that a word of a name says ('train-00000-of-00002', 'test/0000'); the last word that does decides. */
export function splitInName(name: string): SplitName | undefined {
  const words = name.split(/[^a-z]+/i)
  return words.flatMap((word) => splitNamed(word) ?? []).at(-1)
}
