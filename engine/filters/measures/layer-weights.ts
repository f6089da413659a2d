import type { Values } from '../statistics/inner-product.ts'

/** The kernels of one layer, with what else is known of its filters. */
export interface LayerWeights {
  /** [F, C, kH, kW]: C counts the channels of one group; 1×1 for rows that read no map. */
  readonly shape: readonly [filters: number, channels: number, height: number, width: number]
  /** F · C · kH · kW values in that order. */
  readonly values: Values
  /** What a batch normalisation behind the layer multiplies each filter by; tells dead filters, nothing else. */
  readonly gains?: ArrayLike<number>
  /** The share of positions at which each filter was active on so many pictures. */
  readonly activity?: { readonly shares: ArrayLike<number>; readonly pictures: number }
}
