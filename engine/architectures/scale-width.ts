import type { Architecture, Layer } from '../protocol/architecture.ts'

/**
 * The architecture with `factor` times as many filters and units in every layer, at least one of each group; the units
 * per class stay. Rounded to whole groups of the layer and of the layers behind it, whose groups divide its channels.
 */
export function scaleWidth(architecture: Architecture, factor: number): Architecture {
  if (factor === 1) return architecture
  const all = [architecture, ...(architecture.heads ?? [])].flatMap(({ layers }) => layers)
  const groups = all.map((layer) => (layer.kind === 'conv' ? (layer.groups ?? 1) : 1))
  // Where any layer has groups, all widths are multiples of them: whoever reads whom, the division comes out whole.
  const unit = groups.reduce(leastCommonMultiple, 1)
  const scaled = (count: number) => Math.max(1, Math.round((count * factor) / unit)) * unit
  const scaledLayer = (layer: Layer): Layer => {
    switch (layer.kind) {
      case 'conv':
        return { ...layer, filters: scaled(layer.filters) }
      case 'fullyConnected':
        return layer.units === 'classes' ? layer : { ...layer, units: scaled(layer.units) }
      case 'shortcut':
        return { ...layer, channels: scaled(layer.channels) }
      default:
        return layer
    }
  }
  const scaledLayers = <List extends Pick<Architecture, 'layers'>>(list: List): List => ({
    ...list,
    layers: list.layers.map(scaledLayer),
  })
  const { heads } = architecture
  return { ...scaledLayers(architecture), ...(heads && { heads: heads.map(scaledLayers) }) }
}

function leastCommonMultiple(one: number, other: number): number {
  return (one * other) / greatestCommonDivisor(one, other)
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}
