/** Reads 'conv1, relu2'; undefined where a name is not `readable`, comes twice, or several come where only one may. */
export function readNames(typed: string, readable: readonly string[], several: boolean): string[] | undefined {
  const names = typed
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const isGood = names.length > 0 && new Set(names).size === names.length && (several || names.length === 1)
  return isGood && names.every((name) => readable.includes(name)) ? names : undefined
}
