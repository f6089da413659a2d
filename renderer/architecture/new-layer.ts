import { IMAGE, type Layer, type LayerKind } from '../../engine/protocol/architecture.ts'
import { readsOf } from './wiring.ts'

/** What a new layer stands behind. */
export interface Place {
  /** The layer it reads, or the picture; one that joins reads what that one reads too. */
  readonly reads: readonly [string, ...string[]]
  /** Maps of what it reads, where the list says how many. */
  readonly channels: number | undefined
}

/** A layer of that kind with the sizes most networks give it; a convolution has as many filters as it reads maps. */
export function newLayer(kind: LayerKind, name: string, { reads, channels = 16 }: Place): Layer {
  switch (kind) {
    case 'conv':
      return { kind, name, filters: channels, kernel: [3, 3], stride: [1, 1], padding: [1, 1] }
    case 'maxPool':
    case 'averagePool':
      return { kind, name, kernel: [2, 2], stride: [2, 2], padding: [0, 0] }
    case 'leakyRelu':
      return { kind, name, slope: 0.01 }
    case 'localResponseNorm':
      return { kind, name, size: 5, alpha: 1e-4, beta: 0.75, bias: 2 }
    case 'dropout':
      return { kind, name, rate: 0.5 }
    case 'fullyConnected':
      return { kind, name, units: 64 }
    case 'shortcut':
      return { kind, name, channels, stride: [1, 1] }
    case 'add':
    case 'concat':
      return { kind, name, from: [...reads] }
    default:
      return { kind, name }
  }
}

/** Where a layer put at a position would stand. */
export function placeAt(layers: readonly Layer[], at: number): Place {
  const before = layers[at - 1]
  if (!before) return { reads: [IMAGE], channels: undefined }
  const around = readsOf(layers, at - 1).filter((name) => name !== before.name)
  return { reads: [before.name, ...around.slice(0, 1)], channels: channelsOf(layers, before.name) }
}

/** How many maps a layer gives, as far as the list says it; undefined for values without a place, and for the picture. */
function channelsOf(layers: readonly Layer[], name: string): number | undefined {
  const at = layers.findIndex((layer) => layer.name === name)
  const layer = layers[at]
  if (!layer) return undefined
  switch (layer.kind) {
    case 'conv':
      return layer.filters
    case 'shortcut':
      return layer.channels
    case 'fullyConnected':
      return undefined
    case 'concat': {
      const each = earlierReads(layers, at).map((read) => channelsOf(layers, read))
      return each.reduce((sum, count) => (sum === undefined || count === undefined ? undefined : sum + count), 0)
    }
    default:
      return channelsOf(layers, earlierReads(layers, at)[0] ?? IMAGE)
  }
}

/** Only what comes before: a list that is not in order yet must not be followed in circles. */
function earlierReads(layers: readonly Layer[], at: number): readonly string[] {
  return readsOf(layers, at).filter((name) => layers.findIndex((layer) => layer.name === name) < at)
}
