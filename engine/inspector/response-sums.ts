import type { MeasuredLayer, ResponseQuantity } from '../fine-tuning/response-graph.ts'
import type { Tensor } from '../onnx/graph.ts'
import type { LayerResponse } from '../protocol/preview.ts'
import type { RuntimeTensor } from '../runtime/runtime-tensor.ts'

/** How the filters of one layer respond, adding up from batch to batch. */
export class ResponseSums {
  readonly #layer: MeasuredLayer
  readonly #pictures: Float64Array
  readonly #positions: Float64Array
  readonly #mean: Float64Array
  readonly #minimum: Float32Array
  readonly #maximum: Float32Array

  constructor(layer: MeasuredLayer) {
    this.#layer = layer
    this.#pictures = new Float64Array(layer.filters)
    this.#positions = new Float64Array(layer.filters)
    this.#mean = new Float64Array(layer.filters)
    this.#minimum = new Float32Array(layer.filters).fill(Number.POSITIVE_INFINITY)
    this.#maximum = new Float32Array(layer.filters).fill(Number.NEGATIVE_INFINITY)
  }

  /** Adds the first `count` pictures of a batch. */
  add(results: Readonly<Record<string, RuntimeTensor>>, count: number): void {
    const { filters, outputs } = this.#layer
    const each = (quantity: ResponseQuantity, take: (value: number, filter: number) => void) => {
      const values = (results[outputs[quantity]] as Tensor).data as Float32Array
      for (let at = 0; at < count * filters; at++) take(values[at] as number, at % filters)
    }
    each('aboveZero', (share, filter) => {
      addTo(this.#positions, filter, share)
      addTo(this.#pictures, filter, share > 0 ? 1 : 0)
    })
    each('mean', (value, filter) => addTo(this.#mean, filter, value))
    each('minimum', (value, filter) => (this.#minimum[filter] = Math.min(this.#minimum[filter] as number, value)))
    each('maximum', (value, filter) => (this.#maximum[filter] = Math.max(this.#maximum[filter] as number, value)))
  }

  /** Of `count` pictures in all. */
  response(count: number): LayerResponse {
    const { name, activation } = this.#layer
    const share = (sums: Float64Array) => Float32Array.from(sums, (sum) => sum / count)
    return {
      layer: name,
      ...(activation !== undefined && { activation }),
      pictures: share(this.#pictures),
      positions: share(this.#positions),
      mean: share(this.#mean),
      minimum: this.#minimum,
      maximum: this.#maximum,
    }
  }
}

function addTo(sums: Float64Array, index: number, value: number): void {
  sums[index] = (sums[index] as number) + value
}
