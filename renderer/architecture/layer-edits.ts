import { type Architecture, IMAGE, type Layer, type LayerKind } from '../../engine/protocol/architecture.ts'

/** Layers are immutable values: every edit gives a new architecture, so undo is a list of the old ones. */

const namePrefix: Readonly<Record<LayerKind, string>> = {
  conv: 'conv',
  relu: 'relu',
  leakyRelu: 'relu',
  elu: 'elu',
  gelu: 'gelu',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
  maxPool: 'pool',
  averagePool: 'pool',
  globalMaxPool: 'pool',
  globalAveragePool: 'pool',
  batchNorm: 'norm',
  localResponseNorm: 'norm',
  dropout: 'dropout',
  fullyConnected: 'fc',
  concat: 'concat',
  add: 'add',
  shortcut: 'shortcut',
}

/** The first of conv1, conv2 … that no layer has. */
export function freeName(layers: readonly Layer[], kind: LayerKind): string {
  const taken = new Set(layers.map((layer) => layer.name))
  for (let number = 1; ; number++) {
    const name = `${namePrefix[kind]}${number}`
    if (!taken.has(name)) return name
  }
}

/** A layer of that kind with the sizes most networks give it; one that joins reads `before` and the picture. */
export function newLayer(kind: LayerKind, name: string, before: string): Layer {
  switch (kind) {
    case 'conv':
      return { kind, name, filters: 16, kernel: [3, 3], stride: [1, 1], padding: [1, 1] }
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
      return { kind, name, channels: 16, stride: [1, 1] }
    case 'add':
    case 'concat':
      return { kind, name, from: [before, IMAGE] }
    default:
      return { kind, name }
  }
}

function withLayers(architecture: Architecture, layers: readonly Layer[]): Architecture {
  return { ...architecture, layers: [...layers] }
}

/** Layers that read `before` read `after` instead, those from position `at` on. */
function redirect(layers: readonly Layer[], at: number, before: string, after: string): Layer[] {
  return layers.map((layer, index) =>
    index >= at && layer.from?.includes(before)
      ? { ...layer, from: [...new Set(layer.from.map((name) => (name === before ? after : name)))] }
      : layer,
  )
}

/** What a layer reads where it does not say: the one before it, or the picture. */
function nameBefore(layers: readonly Layer[], at: number): string {
  return layers[at - 1]?.name ?? IMAGE
}

/** Puts a new layer at position `at` (0 is first); whatever read the one before it by name now reads the new one. */
export function insertLayer(architecture: Architecture, at: number, kind: LayerKind): Architecture {
  const { layers } = architecture
  const before = nameBefore(layers, at)
  const layer = newLayer(kind, freeName(layers, kind), before)
  const isReadInTurn = layers[at] !== undefined && layers[at].from === undefined
  const others = isReadInTurn ? layers : redirect(layers, at, before, layer.name)
  return withLayers(architecture, others.toSpliced(at, 0, layer))
}

/**
 * Takes a layer away; what read it by name reads what it read. The last one stays, because a network without layers is
 * none.
 */
export function removeLayer(architecture: Architecture, at: number): Architecture {
  const { layers } = architecture
  const removed = layers[at]
  if (layers.length === 1 || !removed) return architecture
  const [read = nameBefore(layers, at)] = removed.from ?? []
  const next = layers[at + 1]
  const following = next && next.from === undefined && removed.from ? [{ ...next, from: [read] }] : []
  const rest = layers.toSpliced(at, 1 + following.length, ...following)
  return withLayers(architecture, redirect(rest, at, removed.name, read))
}

/** Puts a copy right after the layer, which reads it. */
export function duplicateLayer(architecture: Architecture, at: number): Architecture {
  const { layers } = architecture
  const layer = layers[at]
  if (!layer) return architecture
  const { from, ...alone } = layer
  const joins = from && from.length > 1 ? { from: [layer.name, ...from.slice(1)] } : {}
  const copy: Layer = { ...alone, ...joins, name: freeName(layers, layer.kind) }
  const isReadInTurn = layers[at + 1]?.from === undefined
  const others = isReadInTurn ? layers : redirect(layers, at + 1, layer.name, copy.name)
  return withLayers(architecture, others.toSpliced(at + 1, 0, copy))
}

/** Moves a layer to the position it then has. */
export function moveLayer(architecture: Architecture, from: number, to: number): Architecture {
  const layer = architecture.layers[from]
  if (!layer || to < 0 || to >= architecture.layers.length || from === to) return architecture
  return withLayers(architecture, architecture.layers.toSpliced(from, 1).toSpliced(to, 0, layer))
}

/** Puts another layer in its place; under a new name it is still read by those that read it. */
export function replaceLayer(architecture: Architecture, at: number, layer: Layer): Architecture {
  const layers = architecture.layers.with(at, layer)
  const before = architecture.layers[at]?.name
  if (before === undefined || before === layer.name) return withLayers(architecture, layers)
  return withLayers(architecture, redirect(layers, at + 1, before, layer.name))
}

/** Whether a layer may be called that: not empty, no other layer's name, nor the picture's; lists of names have commas. */
export function isFreeName(architecture: Architecture, at: number, name: string): boolean {
  const wanted = name.trim()
  const isTaken = architecture.layers.some((layer, index) => index !== at && layer.name === wanted)
  return wanted !== '' && wanted !== IMAGE && !wanted.includes(',') && !isTaken
}
