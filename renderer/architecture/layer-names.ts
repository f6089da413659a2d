import { IMAGE, type Architecture, type Layer, type LayerKind } from '../../engine/protocol/architecture.ts'

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
  return firstFree(namePrefix[kind], 1, new Set(layers.map((layer) => layer.name)))
}

/**
 * A name for a layer put behind another: that of its kind, after the block where others are called as the one before is:
 * 'stage1_2_relu2' behind 'stage1_2_conv1'.
 */
export function nameBehind(layers: readonly Layer[], before: string, kind: LayerKind): string {
  const others = layers.filter(({ name }) => name !== before).map(({ name }) => beginningsOf(name))
  const block = beginningsOf(before)
    .toReversed()
    .find((beginning) => others.some((beginnings) => beginnings.includes(beginning)))
  if (block === undefined) return freeName(layers, kind)
  return firstFree(`${block}_${namePrefix[kind]}`, 1, new Set(layers.map(({ name }) => name)))
}

/** The first of `stem` with a number from `from` on that is not taken. */
function firstFree(stem: string, from: number, taken: ReadonlySet<string>): string {
  for (let number = from; ; number++) {
    const name = `${stem}${number}`
    if (!taken.has(name)) return name
  }
}

/**
 * Names for copies of neighbouring layers. Where all of a block are called alike, 'stage1_2_conv1' and 'stage1_2_relu1',
 * the copies are called as the next of its kind that is free, 'stage1_3_conv1' …; others get the next name of their kind.
 */
export function copyNames(layers: readonly Layer[], copied: readonly Layer[]): ReadonlyMap<string, string> {
  const taken = new Set(layers.map(({ name }) => name))
  const shared = copied.length > 1 ? sharedBeginning(copied.map(({ name }) => name)) : ''
  if (shared !== '') {
    const [, stem = '', digits = ''] = /^(.*?)(\d*)$/.exec(shared) ?? []
    const mark = digits === '' ? `${shared}_` : stem
    const beginnings = new Set([...taken].flatMap((name) => beginningsOf(name)))
    const beginning = firstFree(mark, Number(digits || '1') + 1, beginnings)
    return new Map(copied.map(({ name }) => [name, beginning + name.slice(shared.length)]))
  }
  const all = [...layers]
  return new Map(
    copied.map((layer) => {
      const name = freeName(all, layer.kind)
      all.push({ ...layer, name })
      return [layer.name, name]
    }),
  )
}

/** What all names begin with, up to a separator or the end of a name: 'fire2' of 'fire2', 'fire2_squeeze'. */
function sharedBeginning(names: readonly string[]): string {
  return (
    beginningsOf(names[0] ?? '')
      .toReversed()
      .find((beginning) => names.every((name) => beginningsOf(name).includes(beginning))) ?? ''
  )
}

/** A name and its beginnings that end before a separator, shortest first. */
function beginningsOf(name: string): string[] {
  const ends = [...name.matchAll(/[._/]/g)].map(({ index }) => index).filter((index) => index > 0)
  return [...ends.map((end) => name.slice(0, end)), name]
}

/** Whether a layer may be called that: not empty, no other layer's name, nor the picture's; lists of names have commas. */
export function isFreeName(architecture: Architecture, at: number, name: string): boolean {
  const wanted = name.trim()
  const ofHeads = (architecture.heads ?? []).flatMap(({ layers }) => layers)
  const others = [...architecture.layers.toSpliced(at, 1), ...ofHeads]
  const isTaken = others.some((layer) => layer.name === wanted)
  return wanted !== '' && wanted !== IMAGE && !wanted.includes(',') && !isTaken
}
