import type { Architecture, Layer, LayerKind } from '../../engine/protocol/architecture.ts'

/** Layers are immutable values: every edit gives a new architecture, so undo is a list of the old ones. */

const namePrefix: Readonly<Record<LayerKind, string>> = {
  conv: 'conv',
  relu: 'relu',
  maxPool: 'pool',
  averagePool: 'pool',
  dropout: 'dropout',
  fullyConnected: 'fc',
}

/** The first of conv1, conv2 … that no layer has. */
export function freeName(layers: readonly Layer[], kind: LayerKind): string {
  const taken = new Set(layers.map((layer) => layer.name))
  for (let number = 1; ; number++) {
    const name = `${namePrefix[kind]}${number}`
    if (!taken.has(name)) return name
  }
}

/** A layer of that kind with the sizes most networks give it. */
export function newLayer(kind: LayerKind, name: string): Layer {
  switch (kind) {
    case 'conv':
      return { kind, name, filters: 16, kernel: [3, 3], stride: [1, 1], padding: [1, 1] }
    case 'maxPool':
    case 'averagePool':
      return { kind, name, kernel: [2, 2], stride: [2, 2], padding: [0, 0] }
    case 'dropout':
      return { kind, name, rate: 0.5 }
    case 'fullyConnected':
      return { kind, name, units: 64 }
    case 'relu':
      return { kind, name }
  }
}

function withLayers(architecture: Architecture, layers: readonly Layer[]): Architecture {
  return { ...architecture, layers: [...layers] }
}

/** Puts a new layer at position `at` (0 is first). */
export function insertLayer(architecture: Architecture, at: number, kind: LayerKind): Architecture {
  const layer = newLayer(kind, freeName(architecture.layers, kind))
  return withLayers(architecture, architecture.layers.toSpliced(at, 0, layer))
}

/** Takes a layer away; the last one stays, because a network without layers is none. */
export function removeLayer(architecture: Architecture, at: number): Architecture {
  if (architecture.layers.length === 1) return architecture
  return withLayers(architecture, architecture.layers.toSpliced(at, 1))
}

/** Puts a copy right after the layer. */
export function duplicateLayer(architecture: Architecture, at: number): Architecture {
  const layer = architecture.layers[at]
  if (!layer) return architecture
  const copy = { ...layer, name: freeName(architecture.layers, layer.kind) }
  return withLayers(architecture, architecture.layers.toSpliced(at + 1, 0, copy))
}

/** Moves a layer to the position it then has. */
export function moveLayer(architecture: Architecture, from: number, to: number): Architecture {
  const layer = architecture.layers[from]
  if (!layer || to < 0 || to >= architecture.layers.length || from === to) return architecture
  return withLayers(architecture, architecture.layers.toSpliced(from, 1).toSpliced(to, 0, layer))
}

export function replaceLayer(architecture: Architecture, at: number, layer: Layer): Architecture {
  return withLayers(architecture, architecture.layers.with(at, layer))
}

/** Whether a layer may be called that: not empty, and no other layer's name. */
export function isFreeName(architecture: Architecture, at: number, name: string): boolean {
  return name.trim() !== '' && architecture.layers.every((layer, index) => index === at || layer.name !== name.trim())
}
