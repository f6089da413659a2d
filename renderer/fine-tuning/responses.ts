import type { LayerResponse, TransferPreview } from '../../engine/protocol/preview.ts'

/**
 * Whether a filter responds at all to the pictures it was shown: it is not the same everywhere, and it is somewhere
 * above zero where an activation keeps the rest back.
 */
export function doesRespond({ activation, minimum, maximum }: LayerResponse, filter: number): boolean {
  const [least, most] = [minimum[filter] ?? 0, maximum[filter] ?? 0]
  return most > least && (activation === undefined || most > 0)
}

/** How many filters of a layer respond. */
export function respondingCount(layer: LayerResponse): number {
  return layer.maximum.reduce((count, _, filter) => count + (doesRespond(layer, filter) ? 1 : 0), 0)
}

/** Filters by the share of positions above zero, downwards; those that do not respond come last, equals keep their order. */
export function sortByResponse(layer: LayerResponse): Uint32Array {
  const key = (filter: number): number => (doesRespond(layer, filter) ? (layer.positions[filter] ?? 0) : -1)
  return Uint32Array.from(layer.maximum, (_, filter) => filter).sort(
    (one, other) => key(other) - key(one) || one - other,
  )
}

/** What a model takes the pictures of one class for. */
export interface ClassPredictions {
  /** Index of the class in the data. */
  readonly label: number
  readonly pictures: number
  /** Classes of the model, those taken most often first. */
  readonly takenFor: readonly { readonly index: number; readonly pictures: number }[]
}

/** By class of the data, for those that have pictures. */
export function predictionsByClass({ predictions }: TransferPreview): readonly ClassPredictions[] {
  if (!predictions) return []
  const byLabel = new Map<number, Map<number, number>>()
  predictions.labels.forEach((label, at) => {
    const counts = byLabel.get(label) ?? new Map<number, number>()
    byLabel.set(label, counts)
    const index = predictions.takenFor[at] ?? 0
    counts.set(index, (counts.get(index) ?? 0) + 1)
  })
  return [...byLabel]
    .toSorted(([one], [other]) => one - other)
    .map(([label, counts]) => ({
      label,
      pictures: [...counts.values()].reduce((sum, count) => sum + count, 0),
      takenFor: [...counts]
        .map(([index, pictures]) => ({ index, pictures }))
        .toSorted((one, other) => other.pictures - one.pictures || one.index - other.index),
    }))
}
