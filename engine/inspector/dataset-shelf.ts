import { createHash } from 'node:crypto'
import type { Dataset } from '../datasets/dataset.ts'
import { openDataset } from '../datasets/open-dataset.ts'
import type { DataProgress } from '../protocol/messages.ts'
import type { DataSettings } from '../protocol/settings.ts'
import { InspectionError } from './inspection-error.ts'
import { LeastRecentlyUsed } from './least-recently-used.ts'

/** Besides those that are being opened. */
const DATASETS_KEPT = 2

/** Of pictures of each; what does not fit is kept on the disk where it takes long to decode. */
const MEMORY_BYTES = 256 * 1024 * 1024

/** The data sets looked at last, by an id that follows from their settings. */
export class DatasetShelf {
  readonly #onProgress: (progress: DataProgress) => void
  readonly #opened = new LeastRecentlyUsed<string, Dataset>(DATASETS_KEPT, (dataset) => void dataset.close())
  readonly #opening = new Map<string, { readonly dataset: Promise<Dataset>; readonly controller: AbortController }>()

  constructor(onProgress: (progress: DataProgress) => void) {
    this.#onProgress = onProgress
  }

  /** Opens data, at once where it is still there. Throws DataError, or OpeningCancelledError after `cancel`. */
  async open(settings: DataSettings): Promise<{ dataId: string; dataset: Dataset }> {
    const dataId = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 16)
    const known = this.#opened.get(dataId)
    if (known !== undefined) return { dataId, dataset: known }
    const underWay = this.#opening.get(dataId) ?? this.#begin(dataId, settings)
    return { dataId, dataset: await underWay.dataset }
  }

  /** Throws InspectionError where that data is not open any more. */
  find(dataId: string): Dataset {
    const dataset = this.#opened.get(dataId)
    if (dataset !== undefined) return dataset
    throw new InspectionError('notFound', 'This data is not open any more; open it again.')
  }

  /** Ends every opening under way. */
  cancel(): void {
    for (const { controller } of this.#opening.values()) controller.abort()
  }

  #begin(dataId: string, settings: DataSettings) {
    const controller = new AbortController()
    const dataset = openDataset(settings, {
      onProgress: this.#onProgress,
      signal: controller.signal,
      memoryBytes: MEMORY_BYTES,
    })
      .then((opened) => {
        this.#opened.set(dataId, opened)
        return opened
      })
      .finally(() => this.#opening.delete(dataId))
    const begun = { dataset, controller }
    this.#opening.set(dataId, begun)
    return begun
  }
}
