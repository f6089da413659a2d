import { randomStream, shuffledIndices } from '../random/stream.ts'

/** Which pictures of a split come in which order, and how many of them are an epoch. */
export interface OrderOptions {
  readonly batchSize: number
  /** batchSize · stepsPerEpoch may be less than all pictures: those over are another epoch's. */
  readonly stepsPerEpoch: number
  readonly seed: number
  /** Draws all classes equally often, see `balancedOrder`. */
  readonly isBalanced?: boolean | undefined
}

/** The positions within the split of the batch of a step: a pure function of the seed and the step. */
export type SampleOrder = (step: number) => Uint32Array

/** The order in which the pictures of one epoch come. */
export function epochOrder(seed: number, epoch: number, count: number): Uint32Array {
  return shuffledIndices(count, randomStream(seed, 'shuffle', epoch))
}

/**
 * The pictures of one epoch of `count` draws such that all classes come equally often. Draws go on through all epochs in
 * rounds, each of which has every class once, in an order of its own; so an epoch, or any part of it, has no class more
 * than twice oftener than another. A class gives its pictures in turn, shuffled anew when all have been: one with few
 * pictures shows each of them several times in an epoch, one with many needs several epochs for all.
 */
export function balancedOrder(labels: Uint16Array, seed: number, epoch: number, count: number): Uint32Array {
  const members = membersOfClasses(labels)
  const orders = members.map((): { cycle: number; order: Uint32Array } => ({ cycle: -1, order: new Uint32Array() }))
  const drawn = new Uint32Array(count)
  let round = -1
  let classes: Uint32Array = new Uint32Array()
  for (let at = 0; at < count; at++) {
    const draw = epoch * count + at
    const roundOfDraw = Math.floor(draw / members.length)
    if (roundOfDraw !== round) {
      round = roundOfDraw
      classes = shuffledIndices(members.length, randomStream(seed, 'classesOfRound', round))
    }
    const which = classes[draw % members.length] as number
    const ofClass = members[which] as number[]
    const own = orders[which] as (typeof orders)[number]
    const cycle = Math.floor(round / ofClass.length)
    if (cycle !== own.cycle) {
      own.cycle = cycle
      own.order = shuffledIndices(ofClass.length, randomStream(seed, 'shuffleClass', which, cycle))
    }
    drawn[at] = ofClass[own.order[round % ofClass.length] as number] as number
  }
  return drawn
}

/** Positions of the pictures of each class that has any. */
function membersOfClasses(labels: Uint16Array): number[][] {
  const members: number[][] = []
  for (const [position, label] of labels.entries()) (members[label] ??= []).push(position)
  return members.filter((ofClass) => ofClass.length > 0)
}

/** The order in which the pictures with these `labels` come. */
export function createSampleOrder(labels: Uint16Array, options: OrderOptions): SampleOrder {
  const { batchSize, stepsPerEpoch, seed, isBalanced = false } = options
  const orders = new Map<number, Uint32Array>()
  const orderOf = (epoch: number) => {
    const known = orders.get(epoch)
    if (known !== undefined) return known
    // Reading ahead crosses from one epoch into the next; no other is needed at the same time.
    for (const other of orders.keys()) if (Math.abs(other - epoch) > 1) orders.delete(other)
    const order = isBalanced
      ? balancedOrder(labels, seed, epoch, stepsPerEpoch * batchSize)
      : epochOrder(seed, epoch, labels.length)
    orders.set(epoch, order)
    return order
  }
  return (step) => {
    const start = (step % stepsPerEpoch) * batchSize
    return orderOf(Math.floor(step / stepsPerEpoch)).subarray(start, start + batchSize)
  }
}
