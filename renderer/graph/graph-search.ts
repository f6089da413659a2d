import type { ModelNode } from '../../engine/protocol/models.ts'

/** The nodes whose name, layer, operator or module holds every word of the query, in their order. */
export function searchNodes(nodes: readonly ModelNode[], query: string): readonly ModelNode[] {
  const words = query.toLocaleLowerCase().split(/\s+/).filter(Boolean)
  if (words.length === 0) return []
  return nodes.filter(({ id, name, operator, layer, scope }) => {
    const text = [id, name, operator, layer, scope].join(' ').toLocaleLowerCase()
    return words.every((word) => text.includes(word))
  })
}
