import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Samples } from '../datasets/dataset.ts'
import { type ResponseGraph, pixelsName } from '../fine-tuning/response-graph.ts'
import type { Tensor } from '../onnx/graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import type { TransferPreview } from '../protocol/preview.ts'
import { randomStream, shuffledIndices } from '../random/stream.ts'
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts'
import { type Session, createSession } from '../runtime/session.ts'
import type { CallParts } from './call-parts.ts'
import { InspectionError } from './inspection-error.ts'
import { ResponseSums } from './response-sums.ts'

/** Enough that a filter for one class of a hundred is seen, few enough that nobody waits long. */
const MOST_PICTURES = 256

const REPORT_INTERVAL_MS = 100

/** Pixels shown to the model at once, over all pictures: what its first layers make of them has to fit into memory. */
const PIXELS_AT_ONCE = 2 ** 19

export interface PreviewSubject {
  readonly graph: ResponseGraph
  /** The training pictures, as large as the model takes them. */
  readonly samples: Samples
  readonly image: { readonly width: number; readonly height: number; readonly channels: number }
  /** Decides which pictures are shown. */
  readonly seed: number
}

/**
 * Shows training pictures to a model and measures how its filters respond, and for which classes it takes the pictures.
 * Throws InspectionError 'cancelled' after the signal, DataError, or RuntimeError.
 */
export async function previewModel(
  { graph, samples, image, seed }: PreviewSubject,
  { onProgress, signal }: CallParts,
): Promise<TransferPreview> {
  const count = Math.min(MOST_PICTURES, samples.count)
  const shown = shuffledIndices(samples.count, randomStream(seed, 'preview')).subarray(0, count).toSorted()
  const batch = graph.batch ?? Math.min(32, Math.max(1, Math.floor(PIXELS_AT_ONCE / (image.width * image.height))))
  const sums = graph.layers.map((layer) => new ResponseSums(layer))
  const takenFor = new Uint16Array(count)
  const startedAt = performance.now()
  let reportedAt = Number.NEGATIVE_INFINITY
  const session = await createSession(writeModel({ graph: graph.graph }), { provider: 'cpu' })
  try {
    for (let start = 0; start < count; start += batch) {
      const now = performance.now()
      if (now - reportedAt >= REPORT_INTERVAL_MS) {
        reportedAt = now
        const rate = start === 0 ? 0 : (1000 * start) / (now - startedAt)
        onProgress({ stage: 'Showing pictures to the model', done: start, total: count, rate })
      }
      // The runtime blocks this thread, so a wish to end it gets its turn between two batches.
      await nextTurn()
      if (signal.aborted) throw new InspectionError('cancelled', 'The preview was cancelled.')
      const part = shown.subarray(start, start + batch)
      const results = await runBatch(session, samples, part, batch, image)
      for (const layer of sums) layer.add(results, part.length)
      if (graph.scores !== undefined) {
        takenFor.set(largestOfEach(results[graph.scores] as Tensor).subarray(0, part.length), start)
      }
    }
  } finally {
    await session.release()
  }
  return {
    pictures: count,
    of: samples.count,
    layers: sums.map((layer) => layer.response(count)),
    unmeasured: graph.unmeasured,
    ...(graph.scores !== undefined && {
      predictions: { labels: Uint16Array.from(shown, (index) => samples.labels[index] as number), takenFor },
    }),
  }
}

/** A file may fix how many pictures it takes at once: the last batch is filled up with its first picture. */
async function runBatch(
  session: Session,
  samples: Samples,
  part: Uint32Array,
  batch: number,
  { width, height, channels }: PreviewSubject['image'],
): Promise<Record<string, RuntimeTensor>> {
  const indices = Uint32Array.from({ length: batch }, (_, at) => part[at] ?? part[0] ?? 0)
  const pixels = new Uint8Array(batch * samples.pictureBytes)
  await samples.read(indices, pixels)
  return session.run({ [pixelsName]: { dataType: 'uint8', dims: [batch, height, width, channels], data: pixels } })
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
