import type { Layer } from '../../engine/protocol/architecture.ts'
import { firstFree, freeName } from './new-layer.ts'

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
