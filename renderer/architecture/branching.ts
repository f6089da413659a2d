import type { Architecture, Layer } from '../../engine/protocol/architecture.ts'
import { putAt } from './layer-edits.ts'
import { nameBehind } from './layer-names.ts'
import { type LayerRange, unwire, type WiredLayer, wire } from './wiring.ts'

/** What layers give, by their names; the picture's under IMAGE. Those not known yet are left out. */
export type KnownShapes = ReadonlyMap<string, readonly number[]>

/**
 * Adds what goes into layers to what they give (He et al., 2015): a residual block. Where the shapes differ, a
 * convolution brings the one to the other, as option B of the paper has it: 1×1, or as large as unpadded edges ask.
 */
export function addShortcut(architecture: Architecture, range: LayerRange, shapes: KnownShapes): Architecture {
  return joinAround(architecture, range, 'add', (entry, exit, layers) => {
    const before = shapes.get(entry)
    const after = shapes.get(exit)
    const isNeeded = before !== undefined && after !== undefined && before.join() !== after.join()
    return isNeeded ? smallest(nameBehind(layers, exit, 'conv'), before, after) : undefined
  })
}

/**
 * Puts a small convolution beside layers, which reads what they read, and joins the channels of both (Szegedy et al.,
 * 2014): an inception block of two branches. Layers that a concatenation reads already get their branch there.
 */
export function addBranch(architecture: Architecture, range: LayerRange, shapes: KnownShapes): Architecture {
  return joinAround(architecture, range, 'concat', (entry, exit, layers) =>
    smallest(nameBehind(layers, exit, 'conv'), shapes.get(entry) ?? [], shapes.get(exit) ?? []),
  )
}

type BesideLayer = (entry: string, exit: string, layers: readonly Layer[]) => Layer | undefined

function joinAround(
  architecture: Architecture,
  { first, last }: LayerRange,
  kind: 'add' | 'concat',
  besideOf: BesideLayer,
): Architecture {
  const { layers } = architecture
  const wired = wire(layers)
  const exit = wired[last]?.layer.name
  const entry = wired[first]?.reads[0]
  if (exit === undefined || entry === undefined) return architecture
  const beside = besideOf(entry, exit, layers)
  const branch: readonly WiredLayer[] = beside ? [{ layer: beside, reads: [entry] }] : []
  const end = beside?.name ?? entry
  const readers = wired.filter(({ reads }) => reads.includes(exit))
  const [reader] = readers
  if (kind === 'concat' && readers.length === 1 && reader?.layer.kind === 'concat') {
    const widened = wired.map((entry) => (entry === reader ? { ...entry, reads: [...entry.reads, end] } : entry))
    return { ...architecture, layers: unwire(widened.toSpliced(last + 1, 0, ...branch)) }
  }
  const join: Layer = { kind, name: nameBehind(layers, exit, kind) }
  const put = putAt(wired, last + 1, [{ layer: join, reads: [exit, end] }])
  return { ...architecture, layers: unwire(put.toSpliced(last + 1, 0, ...branch)) }
}

/** The smallest convolution that gives what another part gives: its channels, and its size where a stride leads to it. */
function smallest(name: string, before: readonly number[], after: readonly number[]): Layer {
  const [channels = 16] = after
  const [height, width] = [along(before[1], after[1]), along(before[2], after[2])]
  return {
    kind: 'conv',
    name,
    filters: channels,
    kernel: [height.kernel, width.kernel],
    stride: [height.stride, width.stride],
    padding: [0, 0],
  }
}

/** The largest stride from one size to another without padding, and the smallest window with it. */
function along(from = 1, to = from): { readonly kernel: number; readonly stride: number } {
  const stride = Math.max(1, to > 1 ? Math.floor((from - 1) / (to - 1)) : from)
  return { kernel: Math.max(1, from - to * stride + 1), stride }
}
