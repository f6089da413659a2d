import type { GraphGroup, GraphItem, Wiring } from './graph-items.ts'
import { nodesOf } from './graph-items.ts'
import { operatorKind } from './operator-kind.ts'

/** A list this short is read as it is. */
const SHORTEST_LIST = 8

/** Joins each convolution or linear layer with the normalisation, scaling and activation that follow it alone. */
export function groupChains(items: readonly GraphItem[], wiring: Wiring): readonly GraphItem[] {
  const leaves = new Map(items.flatMap((item) => (item.kind === 'node' ? [[item.id, item] as const] : [])))
  const taken = new Set<string>()
  const chains = new Map<string, GraphGroup>()
  for (const leaf of leaves.values()) {
    const kind = operatorKind(leaf.node.operator)
    if (kind !== 'convolution' && kind !== 'linear') continue
    const members: GraphItem[] = [leaf]
    for (let id = leaf.id; ;) {
      const readers = wiring.readersOf(id)
      const next = readers.length === 1 ? leaves.get(readers[0] ?? '') : undefined
      if (next === undefined || !isFollower(next, id)) break
      members.push(next)
      id = next.id
    }
    if (members.length === 1) continue
    for (const member of members) taken.add(member.id)
    chains.set(leaf.id, { kind: 'group', id: `chain:${leaf.id}`, origin: 'chain', title: leaf.node.layer, members })
  }
  return items.flatMap((item) => chains.get(item.id) ?? (taken.has(item.id) ? [] : item))
}

/** Scaling by constants, and the rounding of quantised models. */
const followers: readonly string[] = ['Add', 'Sub', 'Mul', 'Div', 'QuantizeLinear', 'DequantizeLinear']

/** A node that reads one value alone and gives as many. */
function isFollower(item: GraphItem, of: string): boolean {
  if (item.kind !== 'node' || item.node.inputs.some((input) => input !== of)) return false
  const kind = operatorKind(item.node.operator)
  return kind === 'normalization' || kind === 'activation' || followers.includes(item.node.operator)
}

/**
 * Groups what lies between two places where the whole network passes through one value: the branches of a residual or
 * inception block. The activation after such a block belongs to it.
 */
export function groupBlocks(items: readonly GraphItem[], wiring: Wiring): readonly GraphItem[] {
  if (items.length < SHORTEST_LIST) return items
  // What all layers of the list are called alike names none of its blocks.
  const shared = commonName(items)
  const nameOf = (segment: readonly GraphItem[]): string | undefined => {
    const name = commonName(segment)
    return name === shared ? undefined : name
  }
  const segments = joinNamesakes(segmentsOf(items, wiring), nameOf)
  if (segments.length < 2) return items
  return segments.flatMap((segment): readonly GraphItem[] => {
    if (segment.length === 1) return segment
    const last = segment.at(-1)
    const group: GraphGroup = {
      kind: 'group',
      id: `block:${last?.id ?? ''}`,
      origin: 'block',
      title: nameOf(segment),
      members: segment,
    }
    return [group]
  })
}

/** A layer before a block that is called as the block's own layers are belongs to it: 'fire2/squeeze' to 'fire2'. */
function joinNamesakes(
  segments: readonly GraphItem[][],
  nameOf: (segment: readonly GraphItem[]) => string | undefined,
): GraphItem[][] {
  const joined: GraphItem[][] = []
  for (const segment of segments) {
    const name = segment.length > 1 ? nameOf(segment) : undefined
    let block = segment
    for (let before = joined.at(-1); name !== undefined && before?.length === 1; before = joined.at(-1)) {
      const layers = before.flatMap(nodesOf).flatMap(({ layer }) => layer ?? [])
      if (layers.length === 0 || !layers.every((layer) => isWithin(layer, name))) break
      joined.pop()
      block = [...before, ...block]
    }
    joined.push(block)
  }
  return joined
}

function isWithin(layer: string, name: string): boolean {
  return layer.startsWith(name) && /^[._/]/.test(layer.slice(name.length))
}

function segmentsOf(items: readonly GraphItem[], wiring: Wiring): GraphItem[][] {
  const owner = new Map<string, number>()
  items.forEach((item, index) => {
    for (const { id } of nodesOf(item)) owner.set(id, index)
  })
  // The last item that reads a value of each item.
  const lastReader = items.map((item, index) => {
    const readers = nodesOf(item).flatMap(({ id }) => wiring.readersOf(id))
    return readers.reduce((last, id) => Math.max(last, owner.get(id) ?? last), index)
  })
  const segments: GraphItem[][] = []
  let current: GraphItem[] = []
  let reach = -1
  items.forEach((item, index) => {
    const previous = segments.at(-1)
    if (current.length === 0 && previous && previous.length > 1 && isActivation(item)) {
      previous.push(item)
      reach = Math.max(reach, lastReader[index] ?? index)
      return
    }
    current.push(item)
    // Nothing before this item is read after it: only its own value goes on.
    if (reach <= index) {
      segments.push(current)
      current = []
    }
    reach = Math.max(reach, lastReader[index] ?? index)
  })
  if (current.length > 0) segments.push(current)
  return segments
}

function isActivation(item: GraphItem): boolean {
  if (item.kind !== 'node') return false
  const kind = operatorKind(item.node.operator)
  return kind === 'activation' || kind === 'normalization'
}

/** What the names of all layers in a block begin with, up to a separator: 'fire2' of 'fire2/squeeze1x1' and 'fire2/expand3x3'. */
function commonName(items: readonly GraphItem[]): string | undefined {
  const names = items.flatMap(nodesOf).flatMap(({ layer }) => layer ?? [])
  const [first, ...others] = names
  if (first === undefined || others.length === 0) return undefined
  let length = first.length
  for (const name of others) {
    while (!name.startsWith(first.slice(0, length))) length--
  }
  const shared = first.slice(0, length)
  const isWhole = names.every((name) => name.length === length || /[._/]/.test(name.charAt(length)))
  const end = isWhole ? length : Math.max(...['.', '/', '_'].map((mark) => shared.lastIndexOf(mark)))
  const name = shared.slice(0, Math.max(0, end))
  return name.length > 1 ? name : undefined
}
