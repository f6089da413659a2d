/** The names of classes in a text of one name a line; empty lines count for nothing. */
export function classNamesIn(text: string): readonly string[] {
  // ImageNet's lists begin each line with the number of a WordNet entry.
  return text
    .split('\n')
    .map((line) => line.trim().replace(/^n\d{8}\s+/, ''))
    .filter((line) => line !== '')
}
