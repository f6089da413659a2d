import { batchOptions } from '../datasets/batch-options.ts'
import { readBatchBeginning } from '../datasets/batches.ts'
import type { Dataset } from '../datasets/dataset.ts'
import type { TrainingPictures } from '../protocol/data.ts'
import type { InspectorCalls } from '../protocol/inspector.ts'
import { shownSize, shrinkPictures } from './shrink-pictures.ts'

/** The first pictures of a training step, by the code that training itself draws them with. Throws DataError. */
export async function readTrainingPictures(
  dataset: Dataset,
  { training, step, count }: InspectorCalls['data.trainingPictures']['parameters'],
): Promise<TrainingPictures> {
  const { image } = dataset.summary
  const samples = dataset.splits.train
  const options = batchOptions(dataset, training)
  const { originals, pixels, indices, mixed } = await readBatchBeginning(samples, options, step, count)
  const labelsOf = (positions: Uint32Array) => Array.from(positions, (index) => samples.labels[index] as number)
  return {
    ...shownSize(image),
    channels: image.channels,
    indices: [...indices],
    labels: labelsOf(indices),
    originals: await shrinkPictures(originals, image),
    pixels: await shrinkPictures(pixels, image),
    ...(mixed && { mixed: { labels: labelsOf(mixed.indices), shares: [...mixed.shares] } }),
  }
}
