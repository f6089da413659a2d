/** The words, or as much of their beginning as is at most `width` wide, with an ellipsis. */
export function wordsThatFit(words: string, width: number, widthOf: (words: string) => number): string {
  if (widthOf(words) <= width) return words
  // Halving: a name of a thousand characters is measured ten times.
  let [fits, tooMany] = [1, words.length]
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1
    if (widthOf(`${words.slice(0, middle)}…`) <= width) fits = middle
    else tooMany = middle
  }
  return `${words.slice(0, fits)}…`
}
