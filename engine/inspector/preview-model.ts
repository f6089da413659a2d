import type { Tensor } from '../onnx/graph.ts'
import type { TransferPreview } from '../protocol/preview.ts'
import type { CallParts } from './call-parts.ts'
import { ResponseSums } from './response-sums.ts'
import { type ShownPictures, showPictures } from './show-pictures.ts'

/** Enough that a filter for one class of a hundred is seen, few enough that nobody waits long. */
const MOST_PICTURES = 256

export type PreviewSubject = Omit<ShownPictures, 'most'>

/**
 * Shows training pictures to a model and measures how its filters respond, and for which classes it takes the pictures.
 * Throws InspectionError 'cancelled' after the signal, DataError, or RuntimeError.
 */
export async function previewModel(subject: PreviewSubject, parts: CallParts): Promise<TransferPreview> {
  const { graph, samples } = subject
  const sums = graph.layers.map((layer) => new ResponseSums(layer))
  const takenFor = new Uint16Array(Math.min(MOST_PICTURES, samples.count))
  const shown = await showPictures({ ...subject, most: MOST_PICTURES }, parts, (results, count, start) => {
    for (const layer of sums) layer.add(results, count)
    if (graph.scores === undefined) return
    takenFor.set(largestOfEach(results[graph.scores] as Tensor).subarray(0, count), start)
  })
  return {
    pictures: shown.length,
    of: samples.count,
    layers: sums.map((layer) => layer.response(shown.length)),
    unmeasured: graph.unmeasured,
    ...(graph.scores !== undefined && {
      predictions: { labels: Uint16Array.from(shown, (index) => samples.labels[index] as number), takenFor },
    }),
  }
}

/** The index of the largest score of each picture; `scores` is [N, classes], perhaps with sizes of 1 behind. */
function largestOfEach({ dims, data }: Tensor): Uint16Array {
  const [count = 0, classes = 0] = dims
  const scores = data as Float32Array
  return Uint16Array.from({ length: count }, (_, picture) => {
    const own = scores.subarray(picture * classes, (picture + 1) * classes)
    return own.reduce((best, score, index) => (score > (own[best] as number) ? index : best), 0)
  })
}
