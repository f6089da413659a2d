import type { GraphNode } from './graph-subject.ts'

export interface GraphLeaf {
  readonly kind: 'node'
  readonly id: string
  readonly node: GraphNode
}

/** Nodes that can be shown as one box. */
export interface GraphGroup {
  readonly kind: 'group'
  readonly id: string
  /** chain: a layer with its normalisation and activation; block: found by its shape; scope: named by the file. */
  readonly origin: 'chain' | 'block' | 'scope'
  /** What the file calls it; left out where it has no name. */
  readonly title?: string | undefined
  readonly members: readonly GraphItem[]
}
export type GraphItem = GraphLeaf | GraphGroup

/** Every node in a group, however deep. */
export function nodesOf(item: GraphItem): readonly GraphNode[] {
  return item.kind === 'node' ? [item.node] : item.members.flatMap(nodesOf)
}

/** Who reads whom in a network. */
export class Wiring {
  readonly #readers = new Map<string, string[]>()

  constructor(nodes: readonly GraphNode[]) {
    for (const node of nodes) {
      for (const input of new Set(node.inputs)) this.#readers.set(input, [...(this.#readers.get(input) ?? []), node.id])
    }
  }

  readersOf(id: string): readonly string[] {
    return this.#readers.get(id) ?? []
  }
}
