import { randomStream, shuffledIndices } from '../../random/stream.ts'

/** How much a filter's response tells the class of a picture. It describes a filter; it is no evidence of learning. */
export interface ClassSelectivity {
  /** (strongest − rest) / (strongest + rest) of the mean responses of the classes: 0 for all alike, 1 for one class only. */
  readonly value: number
  /** The class of the strongest mean response. */
  readonly strongestClass: number
  /** The share of random labellings under which some class stands out as much. */
  readonly p: number
}

const LABELLINGS = 499

/**
 * The selectivity of filters for classes (Morcos and others, 2018), from one response for each picture and filter, and its
 * p by permutation of the labels (Phipson and Smyth, 2010), the same ones for all filters. Undefined for a filter that
 * responds to all pictures alike or beyond all numbers, and for all where the pictures show fewer than two classes.
 */
export function classSelectivities(
  /** [pictures] for each filter; counted from the smallest where any is below 0. */
  responses: readonly Float32Array[],
  labels: Uint16Array,
  seed: number,
): (ClassSelectivity | undefined)[] {
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), 0)
  const counts = new Float64Array(classes)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  if (counts.filter((count) => count > 0).length < 2) return responses.map(() => undefined)
  const stream = randomStream(seed, 'class selectivity')
  const labellings = Array.from({ length: LABELLINGS }, () =>
    Uint16Array.from(shuffledIndices(labels.length, stream), (index) => labels[index] as number),
  )
  const sums = new Float64Array(classes)
  return responses.map((response) => {
    const values = fromZero(response)
    const total = values.reduce((sum, value) => sum + value, 0)
    if (!(total > 0) || total === Infinity || isConstant(values)) return undefined
    const found = selectivity(values, labels, counts, sums)
    let asSelective = 0
    for (const labelling of labellings) {
      // Sums in another order differ in their last digits.
      if (selectivity(values, labelling, counts, sums).value >= found.value - 1e-12) asSelective++
    }
    return { ...found, p: (1 + asSelective) / (1 + LABELLINGS) }
  })
}

function fromZero(response: Float32Array): Float64Array {
  const smallest = response.reduce((least, value) => Math.min(least, value), 0)
  return Float64Array.from(response, (value) => value - smallest)
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0])
}

function selectivity(
  values: Float64Array,
  labels: Uint16Array,
  counts: Float64Array,
  sums: Float64Array,
): Omit<ClassSelectivity, 'p'> {
  sums.fill(0)
  for (let picture = 0; picture < values.length; picture++) {
    const label = labels[picture] as number
    sums[label] = (sums[label] as number) + (values[picture] as number)
  }
  let strongest = -1
  let strongestClass = 0
  let all = 0
  let present = 0
  for (let label = 0; label < sums.length; label++) {
    const count = counts[label] as number
    if (count === 0) continue
    const mean = (sums[label] as number) / count
    all += mean
    present++
    if (mean <= strongest) continue
    strongest = mean
    strongestClass = label
  }
  const rest = (all - strongest) / (present - 1)
  return { value: (strongest - rest) / (strongest + rest), strongestClass }
}
