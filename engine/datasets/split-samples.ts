import type { DataProblem } from '../protocol/data.ts'
import { DataError, type Samples } from './dataset.ts'
import { type PictureSource, pictureBytes } from './picture-source.ts'

/**
 * One split of a source: position i is picture `indices[i]` with label `labels[i]`.
 * `onProblem` hears once of each file that could be decoded when the data was opened and no longer can.
 */
export function splitSamples(
  source: PictureSource,
  indices: Uint32Array,
  labels: Uint16Array,
  onProblem: ((problem: DataProblem) => void) | undefined,
): Samples {
  const { pixels } = source
  const bytes = pictureBytes(source.image)
  const sourceIndex = (position: number) => {
    const index = indices[position]
    if (index === undefined) {
      throw new RangeError(`Picture ${position} was asked of a split that has ${indices.length} pictures.`)
    }
    return index
  }
  const base = {
    count: indices.length,
    labels,
    pictureBytes: bytes,
    originOf: (position: number) => source.originOf(sourceIndex(position)),
  }
  if (pixels.kind === 'memory') {
    const readNow = (positions: ArrayLike<number>, target: Uint8Array) => {
      for (let i = 0; i < positions.length; i++) pixels.copy(sourceIndex(positions[i] as number), target, i * bytes)
    }
    const read = (positions: ArrayLike<number>, target: Uint8Array) =>
      new Promise<void>((resolve) => resolve(readNow(positions, target)))
    return { ...base, readNow, read }
  }

  const reported = new Set<number>()
  const decodeOrReplace = async (position: number): Promise<Uint8Array> => {
    let firstError: DataError | undefined
    for (const candidate of sameClassFrom(labels, position)) {
      try {
        return await pixels.decode(sourceIndex(candidate))
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        firstError ??= error
        if (reported.has(candidate)) continue
        reported.add(candidate)
        onProblem?.({ path: source.pathOf(sourceIndex(candidate)), message: error.message })
      }
    }
    throw new DataError(
      `No picture of class “${source.classNames[labels[position] as number]}” can be read any more: ${firstError?.message}`,
    )
  }
  const read = async (positions: ArrayLike<number>, target: Uint8Array) => {
    const waiting: Promise<void>[] = []
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i] as number
      const kept = pixels.peek(sourceIndex(position))
      if (kept !== undefined) target.set(kept, i * bytes)
      else waiting.push(decodeOrReplace(position).then((picture) => target.set(picture, i * bytes)))
    }
    await Promise.all(waiting)
  }
  return { ...base, readNow: undefined, read }
}

/** `position` and then the other positions of its class, in order and round the end. */
function* sameClassFrom(labels: Uint16Array, position: number): Generator<number> {
  for (let step = 0; step < labels.length; step++) {
    const candidate = (position + step) % labels.length
    if (labels[candidate] === labels[position]) yield candidate
  }
}
