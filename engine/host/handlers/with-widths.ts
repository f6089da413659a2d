import type { NetworkSettings } from '../../protocol/network.ts'
import type { LayerWidths } from '../../protocol/inspector.ts'

/** A list of layers as wide as is said; a file tells its own, and has the head of the run already. */
export function withWidths(network: NetworkSettings, widths: LayerWidths): NetworkSettings {
  if (network.kind === 'model') return { ...network, head: 'keep' }
  const layers = network.architecture.layers.map((one) => {
    const width = widths[one.name]
    if (width === undefined) return one
    if (one.kind === 'conv') {
      return { ...one, filters: width.filters, ...(one.groups !== undefined && { groups: width.groups }) }
    }
    return one.kind === 'fullyConnected' && one.units !== 'classes' ? { ...one, units: width.filters } : one
  })
  return { ...network, architecture: { ...network.architecture, layers } }
}
