import type { GraphNode } from './graph-subject.ts'

/** The nodes whose name, layer, operator or module holds every word of the query, in their order. */
export function searchNodes(nodes: readonly GraphNode[], query: string): readonly GraphNode[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return nodes.filter(({ id, name, operator, layer, scope, title }) => {
    const text = [id, name, operator, layer, scope, title].join(' ').toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}
