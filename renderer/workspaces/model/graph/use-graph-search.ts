import { computed, shallowRef, watch } from 'vue'
import type { PlacedBox } from '../../../graph/graph-layout.ts'
import { searchNodes } from '../../../graph/graph-search.ts'
import type { GraphNode } from '../../../graph/graph-subject.ts'

/** What of a graph a query finds: which boxes hold it, and the way from one to the next. */
export function useGraphSearch(nodes: () => readonly GraphNode[], query: () => string, goTo: (node: string) => void) {
  const found = computed(() => searchNodes(nodes(), query()))
  const ids = computed(() => new Set(found.value.map(({ id }) => id)))
  const at = shallowRef(-1)

  const isFound = (box: PlacedBox): boolean => box.form !== 'open' && box.nodes.some((id) => ids.value.has(id))

  /** Goes to the next node that was found, around the end. */
  function nextFound(): void {
    if (found.value.length === 0) return
    at.value = (at.value + 1) % found.value.length
    const node = found.value[at.value]
    if (node) goTo(node.id)
  }

  watch(query, () => (at.value = -1))

  return { isFound, nextFound }
}
