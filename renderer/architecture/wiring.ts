import { IMAGE, type Layer } from '../../engine/protocol/architecture.ts'

/** A layer with all that it reads, said or not. */
export interface WiredLayer {
  readonly layer: Layer
  readonly reads: readonly string[]
}

/** The layers from one position to another, both among them. */
export interface LayerRange {
  readonly first: number
  readonly last: number
}

/** What stands right before a position: a layer's name, or the picture's. */
export function nameBefore(layers: readonly Layer[], at: number): string {
  return layers[at - 1]?.name ?? IMAGE
}

/** Names of the layers a layer reads, or IMAGE: those it says, else the one before it. */
export function readsOf(layers: readonly Layer[], at: number): readonly string[] {
  return layers[at]?.from ?? [nameBefore(layers, at)]
}

/** Every layer with what it reads written out, so that none changes its inputs where the list does. */
export function wire(layers: readonly Layer[]): readonly WiredLayer[] {
  return layers.map((layer, at) => ({ layer, reads: readsOf(layers, at) }))
}

/** The list again: a layer says what it reads where it did before, or where that is not the one before it. */
export function unwire(wired: readonly WiredLayer[]): Layer[] {
  return wired.map(({ layer, reads }, at) => {
    const before = wired[at - 1]?.layer.name ?? IMAGE
    if (isSame(layer.from ?? [before], reads)) return layer
    const { from: _from, ...rest } = layer
    return isJoin(layer) || !isSame([before], reads) ? { ...rest, from: [...reads] } : rest
  })
}

/** Layers that read `before` read `after` instead, once. */
export function redirect(wired: readonly WiredLayer[], before: string, after: string): WiredLayer[] {
  return wired.map((entry) =>
    entry.reads.includes(before)
      ? { ...entry, reads: unique(entry.reads.map((name) => (name === before ? after : name))) }
      : entry,
  )
}

/**
 * Readers of layers that go read `source`, what these were made of, as if they let everything through. A concatenation of
 * several branches loses the branch where nothing is left of it: where `source` goes on elsewhere.
 */
export function bypass(wired: readonly WiredLayer[], names: ReadonlySet<string>, source: string): WiredLayer[] {
  const rest = wired.filter(({ layer }) => !names.has(layer.name))
  const isForked = rest.some(({ reads }) => reads.includes(source))
  return rest.map((entry) => {
    const { layer, reads } = entry
    const others = reads.filter((read) => !names.has(read))
    if (others.length === reads.length) return entry
    if (layer.kind === 'concat' && isForked && others.length > 0) return { ...entry, reads: others }
    return { ...entry, reads: unique(reads.map((read) => (names.has(read) ? source : read))) }
  })
}

/** Whether a layer reads several others. */
export function isJoin({ kind }: Layer): boolean {
  return kind === 'add' || kind === 'concat'
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, at) => name === other[at])
}
