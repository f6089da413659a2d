import type { OtherAxisOrder } from '../../protocol/verdicts.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import type { MeasureTools } from '../measures/measure-layer.ts'
import { type LayerVerdict, judgeLayer } from './judge-layer.ts'

/** In smaller slices the order hardly shows. */
const SMALLEST_SLICE = 9
const FEWEST_FILTERS = 6
/** Far beyond what chance does to the layers of one network. */
const LAYER_P = 1e-6
const MOST = 0.5

/**
 * The order in which the weights of `layer` seem to lie in truth, where they are no structured layer as they are: read in
 * the wrong order, the filters of a trained layer look random.
 */
export async function findOtherAxisOrder(
  layer: LayerWeights,
  { verdict, filters }: LayerVerdict,
  tools: MeasureTools,
): Promise<OtherAxisOrder | undefined> {
  const [count, , height, width] = layer.shape
  if (verdict === 'structured' || verdict === 'degenerate') return undefined
  if (height * width < SMALLEST_SLICE || count < FEWEST_FILTERS) return undefined
  const other = await judgeLayer({ shape: layer.shape, values: readAsChannelsLast(layer) }, tools)
  const structured = countStructured(other.filters)
  if (other.p === null || other.p > LAYER_P || structured < MOST * count) return undefined
  return structured >= 2 * countStructured(filters) ? 'HWIO' : undefined
}

/** The same numbers, taken to lie as [kH, kW, C, F], brought to [F, C, kH, kW]. */
export function readAsChannelsLast({ shape, values }: LayerWeights): Float32Array {
  const [filters, channels, height, width] = shape
  const result = new Float32Array(values.length)
  let target = 0
  for (let filter = 0; filter < filters; filter++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let place = 0; place < height * width; place++) {
        const source = (place * channels + channel) * filters + filter
        result[target++] = values[source] as number
      }
    }
  }
  return result
}

function countStructured(filters: LayerVerdict['filters']): number {
  return filters.filter(({ verdict }) => verdict === 'structured').length
}
