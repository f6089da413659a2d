import { epochSize } from '../protocol/epoch-size.ts'
import type { TrainingView } from '../protocol/settings.ts'
import { createAugmenter } from './augmentation/augmenter.ts'
import type { BatchOptions } from './batches.ts'
import type { Dataset } from './dataset.ts'

/** How training with these settings takes its pictures. Throws DataError where they cannot be changed as is asked for. */
export function batchOptions(
  { summary, splits }: Pick<Dataset, 'summary' | 'splits'>,
  training: TrainingView,
): BatchOptions {
  const { augmentation, classBalance, seed } = training
  return {
    ...epochSize(training.batchSize, splits.train.count),
    seed,
    isBalanced: classBalance === 'sampling',
    augment: createAugmenter(augmentation, summary.image, summary.mean, seed),
    mixup: augmentation?.mixup,
  }
}
