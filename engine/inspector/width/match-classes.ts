/** The classes that a network tells apart, or that pictures have; `names` left out where nobody named them. */
export interface ClassSet {
  readonly count: number
  readonly names?: readonly string[] | undefined
}

/**
 * Which class of the network each class of the data is: by their names where both are named, perhaps in another order or
 * among more; else by their number. Undefined where they are other classes.
 */
export function matchClasses(network: ClassSet, data: ClassSet): Uint16Array | undefined {
  const [known, wanted] = [tellingNames(network), tellingNames(data)]
  if (known === undefined || wanted === undefined) {
    return network.count === data.count ? Uint16Array.from({ length: data.count }, (_, index) => index) : undefined
  }
  const isSame = network.count === data.count && wanted.every((name, index) => name === known[index])
  if (isSame) return Uint16Array.from(wanted.keys())
  const matched = wanted.map((name) => known.indexOf(name))
  const isSure = matched.every(
    (index, at) => index >= 0 && known.indexOf(known[index] ?? '', index + 1) < 0 && matched.indexOf(index) === at,
  )
  return isSure ? Uint16Array.from(matched) : undefined
}

/** As they are compared; undefined where there are none, or where they only repeat the numbers of the classes. */
function tellingNames({ count, names }: ClassSet): readonly string[] | undefined {
  if (names === undefined || names.length !== count) return undefined
  if (names.every((name, index) => name.trim() === `${index}`)) return undefined
  return names.map((name) =>
    name
      .trim()
      .toLowerCase()
      .replaceAll(/[\s_-]+/g, ' '),
  )
}
