/** What a layer's filters do on pictures: a description beside the verdict, which follows from the weights alone. */
export interface LayerActivity {
  readonly layer: string
  /** The operator behind which it was measured; left out where the layer leads into none of its own. */
  readonly activation?: string
  readonly filters: readonly FilterActivity[]
}

export interface FilterActivity {
  /** The share of all positions of all pictures that are not above zero. */
  readonly zeros: number
  /** Null where the filter responds to all pictures alike, or the pictures show one class. */
  readonly selectivity: { readonly value: number; readonly className: string; readonly p: number } | null
}

export interface ModelActivity {
  /** How many pictures were shown, of how many. */
  readonly pictures: number
  readonly of: number
  readonly title: string
  readonly layers: readonly LayerActivity[]
  /** Names of the layers whose values are no maps of one channel for each filter. */
  readonly unmeasured: readonly string[]
}
