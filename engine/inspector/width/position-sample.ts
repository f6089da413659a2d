import { StreamingCovariance } from '../../filters/width/streaming-covariance.ts'
import { type Tensor, elementCount } from '../../onnx/graph.ts'
import type { LayerSaturation } from '../../protocol/advice.ts'
import type { RandomStream } from '../../random/stream.ts'
import type { FilterTrace } from '../../resizing/filter-trace.ts'

/** Principal components are told from this many positions, more in wide layers. */
const POSITIONS = 2000
const POSITIONS_PER_FILTER = 8
const SATURATION_SHARE = 0.99
/** Multiply-adds between two breaths: some hundredths of a second. */
const WORK_BETWEEN_BREATHS = 2 ** 24

/** What a layer gives at positions drawn from its maps, batch by batch: how many directions that needs. */
export class PositionSample {
  readonly #trace: FilterTrace
  readonly #perBatch: number
  readonly #stream: RandomStream
  readonly #covariance: StreamingCovariance
  readonly #breathe: () => Promise<void>

  /** `breathe` is awaited again and again; what it throws ends the work. */
  constructor(trace: FilterTrace, batches: number, stream: RandomStream, breathe: () => Promise<void>) {
    this.#trace = trace
    this.#perBatch = Math.ceil(Math.max(POSITIONS, POSITIONS_PER_FILTER * trace.filters) / batches)
    this.#stream = stream
    this.#breathe = breathe
    this.#covariance = new StreamingCovariance(trace.filters)
  }

  /** `output` is what the layer gives for a batch of pictures. */
  async add({ dims, data }: Tensor): Promise<void> {
    const { filters, output } = this.#trace
    const values = data as Float32Array
    const inner = elementCount(dims.slice(output.axis + 1))
    const positions = values.length / filters
    const vector = new Float64Array(filters)
    const count = Math.min(positions, this.#perBatch)
    const between = Math.max(1, Math.ceil(WORK_BETWEEN_BREATHS / filters ** 2))
    for (let draw = 0; draw < count; draw++) {
      const position = count === positions ? draw : this.#stream.integer(positions)
      const start = Math.floor(position / inner) * filters * inner + (position % inner)
      for (let filter = 0; filter < filters; filter++) vector[filter] = values[start + filter * inner] as number
      this.#covariance.add(vector)
      if (draw % between === between - 1) await this.#breathe()
    }
  }

  /** Undefined where fewer positions were there than tell the directions apart, or where nothing finite varies. */
  async saturation(): Promise<LayerSaturation | undefined> {
    if (this.#covariance.count < POSITIONS_PER_FILTER * this.#trace.filters) return undefined
    const components = await this.#covariance.componentsFor(SATURATION_SHARE, this.#breathe)
    if (!(components > 0)) return undefined
    return { components, share: components / this.#trace.filters, positions: this.#covariance.count }
  }
}
