import type { Architecture, Layer, LayerKind } from '../../engine/protocol/architecture.ts'
import { copyNames, nameBehind } from './layer-names.ts'
import { newLayer, placeAt } from './new-layer.ts'
import { bypass, isJoin, type LayerRange, nameBefore, redirect, unwire, type WiredLayer, wire } from './wiring.ts'

/**
 * Edits of a network. Layers are immutable values: every edit gives a new architecture, so undo is a list of the old
 * ones. A layer is put behind the one above it: whatever read that one reads the new one. A layer that goes is let
 * through: whatever read it reads what it read. So no edit leaves a name that nobody has, and branches stay branches.
 */

function withLayers(architecture: Architecture, wired: readonly WiredLayer[]): Architecture {
  return { ...architecture, layers: unwire(wired) }
}

/** Puts a new layer at position `at` (0 is first); whatever read the one before it now reads the new one. */
export function insertLayer(architecture: Architecture, at: number, kind: LayerKind): Architecture {
  const { layers } = architecture
  const place = placeAt(layers, at)
  const layer = newLayer(kind, nameBehind(layers, place.reads[0], kind), place)
  return withLayers(architecture, putAt(wire(layers), at, [{ layer, reads: layer.from ?? [place.reads[0]] }]))
}

/** Puts layers at a position; whatever read the one before it reads the last of them. */
export function putAt(wired: readonly WiredLayer[], at: number, put: readonly WiredLayer[]): readonly WiredLayer[] {
  const before = wired[at - 1]?.layer.name ?? nameBefore([], 0)
  const last = put.at(-1)?.layer.name ?? before
  return redirect(wired, before, last).toSpliced(at, 0, ...put)
}

/**
 * Takes layers away; what read them reads what they read. A sum or concatenation that is left with one input goes too.
 * All of them stay where nothing would be left, because a network without layers is none.
 */
export function removeLayers(architecture: Architecture, { first, last }: LayerRange): Architecture {
  const names = architecture.layers.slice(first, last + 1).map(({ name }) => name)
  // From behind: each is let through while what it reads is still there.
  const wired = wire(architecture.layers)
  const rest = names.reduceRight<readonly WiredLayer[]>(removeOne, wired)
  if (names.length === 0 || rest.length === 0) return architecture
  return withLayers(
    withHeadsAt(architecture, (from) => firstLeft(wired, rest, from)),
    rest,
  )
}

/** Auxiliary heads where `place` puts them; one that it puts nowhere goes. */
function withHeadsAt(architecture: Architecture, place: (from: string) => string | undefined): Architecture {
  const { heads: before, ...others } = architecture
  const heads = (before ?? []).flatMap((head) => {
    const from = place(head.from)
    return from === undefined ? [] : [{ ...head, from }]
  })
  return heads.length === 0 ? others : { ...others, heads }
}

/** The layer itself, else the nearest before it that is left; undefined where only the picture is. */
function firstLeft(wired: readonly WiredLayer[], left: readonly WiredLayer[], name: string): string | undefined {
  if (left.some(({ layer }) => layer.name === name)) return name
  const [read] = wired.find(({ layer }) => layer.name === name)?.reads ?? []
  return read === undefined ? undefined : firstLeft(wired, left, read)
}

function removeOne(wired: readonly WiredLayer[], name: string): readonly WiredLayer[] {
  const removed = wired.find(({ layer }) => layer.name === name)
  const source = removed?.reads[0]
  if (source === undefined) return wired
  const rest = bypass(wired, new Set([name]), source)
  const joined = rest.filter(({ layer, reads }) => isJoin(layer) && reads.length === 1)
  const before = new Map(wired.map(({ layer, reads }) => [layer.name, reads.length]))
  const idle = joined.filter(({ layer }) => (before.get(layer.name) ?? 0) > 1)
  return idle.reduce<readonly WiredLayer[]>((left, { layer }) => removeOne(left, layer.name), rest)
}

/** Puts copies right after the layers, which read the last of them as the first read what comes before. */
export function duplicateLayers(architecture: Architecture, { first, last }: LayerRange): Architecture {
  const { layers } = architecture
  const wired = wire(layers)
  const copied = wired.slice(first, last + 1)
  const end = copied.at(-1)
  if (!end) return architecture
  const names = copyNames(
    layers,
    copied.map(({ layer }) => layer),
  )
  const entry = copied[0]?.reads[0]
  const copies = copied.map(({ layer, reads }): WiredLayer => ({
    layer: { ...layer, name: names.get(layer.name) ?? layer.name },
    reads: reads.map((name) => names.get(name) ?? (name === entry ? end.layer.name : name)),
  }))
  return withLayers(architecture, putAt(wired, last + 1, withoutStatedOrder(copies)))
}

/** Moves layers so that the first of them has position `to`: out of where they are, and in behind the one then above. */
export function moveLayers(architecture: Architecture, { first, last }: LayerRange, to: number): Architecture {
  const wired = wire(architecture.layers)
  const moved = wired.slice(first, last + 1)
  const end = moved.at(-1)
  const entry = moved[0]?.reads[0]
  if (!end || entry === undefined || to === first || to < 0 || to + moved.length > wired.length) return architecture
  const names = new Set(moved.map(({ layer }) => layer.name))
  const rest = bypass(wired, names, entry)
  const before = rest[to - 1]?.layer.name ?? nameBefore([], 0)
  const above = new Set([nameBefore([], 0), ...rest.slice(0, to).map(({ layer }) => layer.name)])
  const placed = moved.map(({ layer, reads }): WiredLayer => {
    const known = reads.map((name) => (name === entry ? before : name))
    // What else a join read may now come behind it.
    const readable = [...new Set(known)].filter((name) => names.has(name) || above.has(name))
    return { layer, reads: readable.length > 0 ? readable : [before] }
  })
  return withLayers(architecture, putAt(rest, to, withoutStatedOrder(placed)))
}

/** In a new place a layer that reads one other says so only where that is not the one before it. */
function withoutStatedOrder(wired: readonly WiredLayer[]): readonly WiredLayer[] {
  return wired.map(({ layer, reads }) => {
    if (isJoin(layer)) return { layer, reads }
    const { from: _from, ...rest } = layer
    return { layer: rest, reads }
  })
}

/** Puts another layer in its place; under a new name it is still read by those that read it. */
export function replaceLayer(architecture: Architecture, at: number, layer: Layer): Architecture {
  const before = architecture.layers[at]?.name
  const layers = architecture.layers.with(at, layer)
  if (before === undefined || before === layer.name) return { ...architecture, layers }
  const renamed = layers.map((other, index) =>
    index > at && other.from?.includes(before)
      ? { ...other, from: other.from.map((name) => (name === before ? layer.name : name)) }
      : other,
  )
  const placed = withHeadsAt(architecture, (from) => (from === before ? layer.name : from))
  return { ...placed, layers: renamed }
}
