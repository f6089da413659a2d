/** How the filters of a layer respond to the pictures they were shown; one number for each filter. */
export interface LayerResponse {
  readonly layer: string
  /** The operator behind which they were measured; left out where the layer leads into none of its own. */
  readonly activation?: string
  /** Share of the pictures with a position above zero. */
  readonly pictures: Float32Array
  /** Share of all positions of all pictures above zero. */
  readonly positions: Float32Array
  readonly mean: Float32Array
  readonly minimum: Float32Array
  readonly maximum: Float32Array
}

/** What a model makes of pictures it is to be trained on, as it is. */
export interface TransferPreview {
  /** How many were shown, of how many training pictures. */
  readonly pictures: number
  readonly of: number
  readonly layers: readonly LayerResponse[]
  /** Names of the layers whose values are no maps of one channel for each filter. */
  readonly unmeasured: readonly string[]
  /** For each picture its class in the data, and the class of the model with the largest score. */
  readonly predictions?: { readonly labels: Uint16Array; readonly takenFor: Uint16Array }
}
