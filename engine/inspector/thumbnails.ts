import type { Dataset } from '../datasets/dataset.ts'
import type { Thumbnails } from '../protocol/data.ts'
import type { InspectorCalls } from '../protocol/inspector.ts'
import { shownSize, shrinkPictures } from './shrink-pictures.ts'

/** One answer at most; fewer pictures than asked for come where they would take more. */
const ANSWER_BYTES = 64 * 1024 * 1024

const READ_AT_ONCE = 64

/** `count` pictures of a split from `offset` on, of one class or of all, as the network sees them. */
export async function readThumbnails(
  dataset: Dataset,
  { split, classIndex, offset, count }: InspectorCalls['data.thumbnails']['parameters'],
): Promise<Thumbnails> {
  const { image } = dataset.summary
  const samples = dataset.splits[split]
  const { width, height } = shownSize(image)
  const bytes = width * height * image.channels
  const limit = Math.min(count, Math.max(1, Math.floor(ANSWER_BYTES / bytes)))
  const indices = positions(samples.labels, classIndex, offset, limit)
  const pixels = new Uint8Array(indices.length * bytes)
  for (let start = 0; start < indices.length; start += READ_AT_ONCE) {
    const part = indices.slice(start, start + READ_AT_ONCE)
    const full = new Uint8Array(part.length * samples.pictureBytes)
    await samples.read(part, full)
    pixels.set(await shrinkPictures(full, image), start * bytes)
  }
  const labels = indices.map((index) => samples.labels[index] as number)
  return { width, height, channels: image.channels, indices, labels, pixels }
}

function positions(labels: Uint16Array, classIndex: number | undefined, offset: number, count: number): number[] {
  const found: number[] = []
  let skipped = 0
  for (let position = 0; position < labels.length && found.length < count; position++) {
    if (classIndex !== undefined && labels[position] !== classIndex) continue
    if (skipped++ >= offset) found.push(position)
  }
  return found
}
