import type { SplitName } from '../../protocol/data.ts'

const WORDS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  dev: 'validation',
  test: 'test',
  testing: 'test',
}

/** The split that a word of a name says ('train-00000-of-00002', 'test/0000'); the last word that does decides. */
export function splitInName(name: string): SplitName | undefined {
  const words = name.toLowerCase().split(/[^a-z]+/)
  return words.flatMap((word) => WORDS[word] ?? []).at(-1)
}
