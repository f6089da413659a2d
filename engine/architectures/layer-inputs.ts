import { type Architecture, IMAGE, type Layer } from '../protocol/architecture.ts'
import { ImpossibleLayer } from './impossible-layer.ts'

const joining: ReadonlySet<Layer['kind']> = new Set(['add', 'concat'])

/** What a layer reads: names of layers before it, or IMAGE. */
export function inputNames(architecture: Architecture, index: number): readonly string[] {
  const before = index === 0 ? IMAGE : (architecture.layers[index - 1]?.name ?? IMAGE)
  return architecture.layers[index]?.from ?? [before]
}

/** Throws ImpossibleLayer where a layer reads what does not come before it, or more or fewer than its kind can. */
export function requireInputs(layer: Layer, names: readonly string[], known: ReadonlyMap<string, unknown>): void {
  const unknown = names.find((name) => name !== IMAGE && !known.has(name))
  if (unknown !== undefined) {
    throw new ImpossibleLayer(
      `"${layer.name}" reads "${unknown}", but no layer before it is called so; let it read one that comes before, or "${IMAGE}".`,
    )
  }
  if (joining.has(layer.kind)) {
    if (new Set(names).size === names.length && names.length > 1) return
    throw new ImpossibleLayer(
      `"${layer.name}" joins ${names.join(' and ')}: it needs two layers or more, each once; name them in what it reads.`,
    )
  }
  if (names.length > 1) {
    throw new ImpossibleLayer(
      `"${layer.name}" reads ${names.join(' and ')}, but only a sum or a concatenation reads several; put one of these before it.`,
    )
  }
}

/** The first layer that nothing reads, except the last; undefined where every one leads to the end. */
export function looseEnd(architecture: Architecture): Layer | undefined {
  const read = new Set(architecture.layers.flatMap((_, index) => inputNames(architecture, index)))
  return architecture.layers.slice(0, -1).find(({ name }) => !read.has(name))
}
