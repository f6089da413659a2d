import { nodesOf, Wiring } from './graph-items.ts'
import type { GraphGroup, GraphItem } from './graph-items.ts'
import type { GraphNode } from './graph-subject.ts'
import { groupBlocks, groupChains } from './repeated-blocks.ts'
import { groupScopes } from './scope-groups.ts'

/** A network as a tree of groups, and what is known of each group. */
export interface GraphOutline {
  readonly items: readonly GraphItem[]
  readonly groups: ReadonlyMap<string, GroupFacts>
  /** The groups around each node, outermost first. */
  readonly around: ReadonlyMap<string, readonly string[]>
  readonly nodes: ReadonlyMap<string, GraphNode>
}

export interface GroupFacts {
  readonly group: GraphGroup
  readonly nodes: readonly GraphNode[]
  /** Groups of the same operators in the same wiring, itself included. */
  readonly alike: number
  /** Which of the groups alike it is, from 1; which of the blocks without a name, for those. */
  readonly number: number
}

/**
 * Folds a network into groups: the scopes its file names, else blocks found by their wiring, and in both its layers
 * with what follows them alone, unless `isApart` keeps every node for itself.
 */
export function outlineOf(nodes: readonly GraphNode[], isApart = false): GraphOutline {
  const wiring = new Wiring(nodes)
  const arranged = arrange(groupScopes(nodes), wiring, isApart)
  const around = new Map<string, readonly string[]>()
  const found: GraphGroup[] = []
  const visit = (items: readonly GraphItem[], outer: readonly string[]): void => {
    for (const item of items) {
      if (item.kind === 'node') {
        around.set(item.id, outer)
        continue
      }
      found.push(item)
      visit(item.members, [...outer, item.id])
    }
  }
  visit(arranged, [])
  return { items: arranged, groups: factsOf(found), around, nodes: new Map(nodes.map((node) => [node.id, node])) }
}

/** Layers and blocks within every group, from the inside out. */
function arrange(items: readonly GraphItem[], wiring: Wiring, isApart: boolean): readonly GraphItem[] {
  const inner = items.map((item) =>
    item.kind === 'group' ? { ...item, members: arrange(item.members, wiring, isApart) } : item,
  )
  return groupBlocks(isApart ? inner : groupChains(inner, wiring), wiring)
}

function factsOf(found: readonly GraphGroup[]): Map<string, GroupFacts> {
  const counts = new Map<string, number>()
  const signed = found.map((group) => {
    const nodes = nodesOf(group)
    // A layer is not like a block that happens to hold the same operators.
    const signature = `${group.origin === 'chain'} ${signatureOf(nodes)}`
    const number = (counts.get(signature) ?? 0) + 1
    counts.set(signature, number)
    return { group, nodes, signature, number }
  })
  let unnamed = 0
  return new Map(
    signed.map(({ group, nodes, signature, number }) => {
      const isUnnamed = group.title === undefined && group.origin === 'block'
      const alike = counts.get(signature) ?? 1
      return [group.id, { group, nodes, alike, number: isUnnamed ? ++unnamed : number }]
    }),
  )
}

/** The operators of a part of a network and how they read each other: equal for parts that are built alike. */
function signatureOf(nodes: readonly GraphNode[]): string {
  const index = new Map(nodes.map((node, position) => [node.id, position]))
  return nodes.map(({ operator, inputs }) => `${operator}(${inputs.map((id) => index.get(id) ?? '').join()})`).join(' ')
}
