import type { FloatTensor } from '../../../protocol/runs.ts'
import { howDrawn, kernelImage } from './kernel-image.ts'

/** The first filters of a layer as pictures. */
export interface LayerPictures {
  readonly howDrawn: string
  /** data: addresses in the order of the filters. */
  readonly images: readonly string[]
}

/** Of one layer, and of the whole page: more would make a file that no mail takes. */
const MOST_OF_LAYER = 128
const MOST_OF_PAGE = 3072

/** Draws the filters of one layer after the other, until the page is full. */
export class PicturesOfPage {
  #left = MOST_OF_PAGE

  /** How many filters of a layer of `count` can be drawn. */
  roomFor(count: number): number {
    return Math.min(count, MOST_OF_LAYER, this.#left)
  }

  /** Of kernels [F, C, kH, kW]. */
  draw({ dims, data }: FloatTensor): LayerPictures {
    const [count = 0, channels = 0, height = 0, width = 0] = dims
    const drawn = this.roomFor(count)
    this.#left -= drawn
    const length = channels * height * width
    const images = Array.from({ length: drawn }, (_, filter) => {
      const values = data.subarray(filter * length, (filter + 1) * length)
      return kernelImage(values, [channels, height, width]).address
    })
    return { howDrawn: howDrawn([channels, height, width]), images }
  }
}
