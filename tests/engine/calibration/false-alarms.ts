import type { LayerWeights } from '../../../engine/filters/measures/layer-weights.ts'
import type { MeasureTools } from '../../../engine/filters/measures/measure-layer.ts'
import { judgeLayer } from '../../../engine/filters/verdicts/judge-layer.ts'

/** How often random layers look structured. */
export interface FalseAlarms {
  readonly layers: number
  readonly filters: number
  /** Shares of the filters tested with p at most that. */
  readonly at05: number
  readonly at01: number
  /** The share of the layers in which any filter is called structured. */
  readonly anyStructured: number
  /** The shares of the layers with p at most that; .005 is the level of the layer's verdict. */
  readonly layerAt05: number
  readonly layerAt005: number
  /** The largest distance of the filters' p from a uniform distribution (Kolmogorov and Smirnov). */
  readonly distance: number
}

/** Judges `layers` random layers; `draw` gives number `index`. */
export async function countFalseAlarms(
  layers: number,
  draw: (index: number) => LayerWeights,
  tools: MeasureTools,
): Promise<FalseAlarms> {
  const chances: number[] = []
  const layerChances: number[] = []
  let anyStructured = 0
  for (let index = 0; index < layers; index++) {
    const { p, filters } = await judgeLayer(draw(index), tools)
    if (p !== null) layerChances.push(p)
    for (const filter of filters) if (filter.p !== null) chances.push(filter.p)
    if (filters.some(({ q }) => q !== null && q <= 0.05)) anyStructured++
  }
  return {
    layers,
    filters: chances.length,
    at05: shareUpTo(chances, 0.05),
    at01: shareUpTo(chances, 0.01),
    anyStructured: anyStructured / layers,
    layerAt05: shareUpTo(layerChances, 0.05),
    layerAt005: shareUpTo(layerChances, 0.005),
    distance: distanceFromUniform(chances),
  }
}

function shareUpTo(chances: readonly number[], level: number): number {
  return chances.filter((p) => p <= level).length / chances.length
}

function distanceFromUniform(chances: readonly number[]): number {
  const sorted = chances.toSorted((a, b) => a - b)
  return sorted.reduce((most, p, index) => Math.max(most, Math.abs(p - (index + 0.5) / sorted.length)), 0)
}
