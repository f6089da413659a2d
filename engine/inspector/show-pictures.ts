import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Samples } from '../datasets/dataset.ts'
import { type ResponseGraph, pixelsName } from '../fine-tuning/response-graph.ts'
import { writeModel } from '../onnx/write-model.ts'
import { randomStream, shuffledIndices } from '../random/stream.ts'
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts'
import { type Session, createSession } from '../runtime/session.ts'
import type { CallParts } from './call-parts.ts'
import { InspectionError } from './inspection-error.ts'

const REPORT_INTERVAL_MS = 100

/** Pixels shown to the model at once, over all pictures: what its first layers make of them has to fit into memory. */
const PIXELS_AT_ONCE = 2 ** 19

export interface ShownPictures {
  readonly graph: ResponseGraph
  /** As large as the model takes them. */
  readonly samples: Samples
  readonly image: { readonly width: number; readonly height: number; readonly channels: number }
  /** Decides which pictures are shown. */
  readonly seed: number
  /** Shows no more than that. */
  readonly most: number
}

/**
 * Shows pictures to a model, gives the results of each batch for its first `count` pictures, and returns the indices of
 * all that were shown, ascending. Throws InspectionError 'cancelled' after the signal, DataError, or RuntimeError.
 */
export async function showPictures(
  { graph, samples, image, seed, most }: ShownPictures,
  { onProgress, signal }: CallParts,
  onBatch: (results: Readonly<Record<string, RuntimeTensor>>, count: number, start: number) => void,
): Promise<Uint32Array> {
  const count = Math.min(most, samples.count)
  const shown = shuffledIndices(samples.count, randomStream(seed, 'preview')).subarray(0, count).toSorted()
  const batch = graph.batch ?? Math.min(32, Math.max(1, Math.floor(PIXELS_AT_ONCE / (image.width * image.height))))
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
      onBatch(await runBatch(session, samples, part, batch, image), part.length, start)
    }
  } finally {
    await session.release()
  }
  return shown
}

/** A file may fix how many pictures it takes at once: the last batch is filled up with its first picture. */
async function runBatch(
  session: Session,
  samples: Samples,
  part: Uint32Array,
  batch: number,
  { width, height, channels }: ShownPictures['image'],
): Promise<Record<string, RuntimeTensor>> {
  const indices = Uint32Array.from({ length: batch }, (_, at) => part[at] ?? part[0] ?? 0)
  const pixels = new Uint8Array(batch * samples.pictureBytes)
  await samples.read(indices, pixels)
  return session.run({ [pixelsName]: { dataType: 'uint8', dims: [batch, height, width, channels], data: pixels } })
}
