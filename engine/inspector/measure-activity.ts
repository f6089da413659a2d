import type { Dataset } from '../datasets/dataset.ts'
import { classSelectivities } from '../filters/activation/class-selectivity.ts'
import type { MeasuredLayer, ResponseGraph } from '../fine-tuning/response-graph.ts'
import type { Tensor } from '../onnx/graph.ts'
import type { FilterActivity, LayerActivity, ModelActivity } from '../protocol/activity.ts'
import type { CallParts } from './call-parts.ts'
import { showPictures } from './show-pictures.ts'

/** Enough to tell classes apart by permutation; a filter that is silent on so many is next to dead. */
const MOST_PICTURES = 512

/**
 * What every measured filter of a model does on training pictures. Throws InspectionError 'cancelled' after the signal,
 * DataError, or RuntimeError.
 */
export async function measureActivity(
  graph: ResponseGraph,
  { splits, summary }: Dataset,
  seed: number,
  parts: CallParts,
): Promise<ModelActivity> {
  const subject = { graph, image: summary.image, samples: splits.train, seed, most: MOST_PICTURES }
  const collected = graph.layers.map(() => ({ means: [] as Float32Array[], above: [] as Float32Array[] }))
  const shown = await showPictures(subject, parts, (results, count) => {
    graph.layers.forEach(({ filters, outputs }, index) => {
      const take = (name: string) => ((results[name] as Tensor).data as Float32Array).slice(0, count * filters)
      collected[index]?.means.push(take(outputs.mean))
      collected[index]?.above.push(take(outputs.aboveZero))
    })
  })
  const labels = Uint16Array.from(shown, (index) => splits.train.labels[index] as number)
  const classNames = summary.classes.map(({ name }) => name)
  return {
    pictures: shown.length,
    of: splits.train.count,
    title: summary.title,
    layers: graph.layers.map((layer, index) => {
      const { means = [], above = [] } = collected[index] ?? {}
      return describeLayer(
        layer,
        byFilter(means, layer.filters),
        byFilter(above, layer.filters),
        labels,
        classNames,
        seed,
      )
    }),
    unmeasured: graph.unmeasured,
  }
}

function describeLayer(
  { name, activation }: MeasuredLayer,
  means: readonly Float32Array[],
  above: readonly Float32Array[],
  labels: Uint16Array,
  classNames: readonly string[],
  seed: number,
): LayerActivity {
  const selectivities = classSelectivities(means, labels, seed)
  const filters = above.map((shares, filter): FilterActivity => {
    const found = selectivities[filter]
    const zeros = 1 - shares.reduce((sum, share) => sum + share, 0) / shares.length
    if (found === undefined) return { zeros, selectivity: null }
    const className = classNames[found.strongestClass] ?? `${found.strongestClass}`
    return { zeros, selectivity: { value: found.value, className, p: found.p } }
  })
  return { layer: name, ...(activation !== undefined && { activation }), filters }
}

/** Batches of [pictures, filters] as one row of all pictures for each filter. */
function byFilter(batches: readonly Float32Array[], filters: number): Float32Array[] {
  const pictures = batches.reduce((sum, batch) => sum + batch.length / filters, 0)
  const rows = Array.from({ length: filters }, () => new Float32Array(pictures))
  let picture = 0
  for (const batch of batches) {
    for (let at = 0; at < batch.length; at += filters, picture++) {
      rows.forEach((row, filter) => (row[picture] = batch[at + filter] as number))
    }
  }
  return rows
}
