import type { SplitName } from '../protocol/data.ts'
import { randomStream, shuffledIndices } from '../random/stream.ts'

export interface SplitRequest {
  readonly labels: Uint16Array
  /** Where the source itself puts a picture. */
  readonly splitOf: (index: number) => SplitName
  readonly given: { readonly validation: boolean; readonly test: boolean }
  /** Share of all pictures, held out only where the source has no test set. */
  readonly testShare: number
  /** Share of the pictures left for training, held out only where the source has no validation set. */
  readonly validationShare: number
  readonly seed: number
}

/**
 * Indices of each split in ascending order: disjoint, together all pictures. What is held out is drawn class by class
 * (stratified) and depends on the seed alone; every class keeps at least one training picture.
 */
export function splitIndices(request: SplitRequest): Record<SplitName, Uint32Array> {
  const { labels, given, seed } = request
  const members: Record<SplitName, number[]> = { train: [], validation: [], test: [] }
  const trainingByClass = new Map<number, number[]>()
  for (const [index, label] of labels.entries()) {
    const split = request.splitOf(index)
    if (split !== 'train') {
      members[split].push(index)
      continue
    }
    const known = trainingByClass.get(label)
    if (known) known.push(index)
    else trainingByClass.set(label, [index])
  }
  for (const [label, indices] of trainingByClass) {
    const order = shuffledIndices(indices.length, randomStream(seed, 'split', label))
    const drawn = Array.from(order, (position) => indices[position] as number)
    const testCount = given.test ? 0 : heldOut(drawn.length, request.testShare)
    const validationCount = given.validation ? 0 : heldOut(drawn.length - testCount, request.validationShare)
    members.test.push(...drawn.slice(0, testCount))
    members.validation.push(...drawn.slice(testCount, testCount + validationCount))
    members.train.push(...drawn.slice(testCount + validationCount))
  }
  return {
    train: Uint32Array.from(members.train).sort(),
    validation: Uint32Array.from(members.validation).sort(),
    test: Uint32Array.from(members.test).sort(),
  }
}

function heldOut(count: number, share: number): number {
  return Math.min(Math.round(count * share), Math.max(0, count - 1))
}
