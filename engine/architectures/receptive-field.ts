import type { Layer } from '../protocol/architecture.ts'
import { kernelExtent } from './kernel-extent.ts'

/** What one value of a map sees of the picture, and how far its neighbour sees from it, as [height, width] in pixels. */
export interface ReceptiveField {
  readonly size: readonly [number, number]
  readonly step: readonly [number, number]
}

export const onePixel: ReceptiveField = { size: [1, 1], step: [1, 1] }

/**
 * r + (F − 1) · j along both axes, j growing by the stride (Araujo, Norris and Sim 2019, equation 2); the widest of what
 * several inputs see. Undefined where a value sees the whole picture.
 */
export function receptiveField(
  layer: Layer,
  inputs: readonly (ReceptiveField | undefined)[],
): ReceptiveField | undefined {
  if (layer.kind === 'fullyConnected' || layer.kind === 'globalAveragePool' || layer.kind === 'globalMaxPool') {
    return undefined
  }
  const seen = inputs.filter((field) => field !== undefined)
  if (seen.length < inputs.length) return undefined
  const widest = (pick: (field: ReceptiveField) => number) => Math.max(...seen.map(pick))
  const extent = 'kernel' in layer ? kernelExtent(layer) : ([1, 1] as const)
  const stride = 'stride' in layer ? layer.stride : ([1, 1] as const)
  const axis = (at: 0 | 1) => {
    const step = widest((field) => field.step[at])
    return { size: widest((field) => field.size[at]) + (extent[at] - 1) * step, step: step * stride[at] }
  }
  const [vertical, horizontal] = [axis(0), axis(1)]
  return { size: [vertical.size, horizontal.size], step: [vertical.step, horizontal.step] }
}
