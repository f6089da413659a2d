import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { PlacedGraph } from '../../../graph/graph-layout.ts'
import { type GraphOutline, outlineOf } from '../../../graph/graph-outline.ts'
import type { GraphSubject } from '../../../graph/graph-subject.ts'
import { initiallyOpened, visibleGraph } from '../../../graph/visible-graph.ts'
import type { VisibleGraph } from '../../../graph/visible-graph.ts'
import { text } from '../../../i18n/text.ts'
import { GraphLayouter } from '../../../platform/graph-layouter.ts'
import { createNewestRequest } from '../../../stores/newest-request.ts'
import type { GraphManner } from './graph-manner.ts'

/**
 * The drawing of a network: which groups are open, and where everything lies then. It begins anew where `network` is
 * another; until then a changed subject is the same network after an edit.
 */
export function useGraphDrawing(subject: () => GraphSubject, network: () => unknown, manner: GraphManner) {
  const layouter = new GraphLayouter()
  onScopeDispose(() => layouter.dispose())

  const outline = computed(() => outlineOf(subject().nodes, manner.isApart))
  const opened = shallowRef<ReadonlySet<string>>(new Set())
  const placed = shallowRef<PlacedGraph>()
  const error = shallowRef<string>()

  const place = createNewestRequest<VisibleGraph>(async (graph) => {
    try {
      placed.value = await layouter.place(graph)
      error.value = undefined
    } catch (failure) {
      error.value = text('modelFile.graph.failed', { reason: (failure as Error).message })
    }
  })

  watch(
    [outline, network] as const,
    ([next, of], [before, ofBefore]) => {
      if (before !== undefined && of === ofBefore) {
        opened.value = openedAfterEdit(before, next, opened.value)
        return
      }
      placed.value = undefined
      opened.value = initiallyOpened(next)
    },
    { immediate: true },
  )
  const visible = computed(() => visibleGraph(outline.value, subject(), opened.value, manner.texts))
  watch(visible, (graph) => place(graph), { immediate: true })

  /** Opens a folded group or folds an open one. */
  function toggle(id: string): void {
    const next = new Set(opened.value)
    if (!next.delete(id)) next.add(id)
    opened.value = next
  }

  /** Opens whatever a node is folded in, but leaves it with its layer. */
  function reveal(node: string): void {
    const folded = (outline.value.around.get(node) ?? []).filter(
      (id) => outline.value.groups.get(id)?.group.origin !== 'chain' && !opened.value.has(id),
    )
    if (folded.length > 0) opened.value = new Set([...opened.value, ...folded])
  }

  function openAll(): void {
    opened.value = new Set(outline.value.groups.keys())
  }

  function foldAll(): void {
    opened.value = new Set()
  }

  return { outline, opened, placed, error, toggle, reveal, openAll, foldAll, retry: () => place(visible.value) }
}

/** Groups stay open or folded through an edit; one that is new is open where what it holds was in view before. */
function openedAfterEdit(before: GraphOutline, after: GraphOutline, opened: ReadonlySet<string>): ReadonlySet<string> {
  const wasInView = (node: string): boolean => before.around.get(node)?.every((id) => opened.has(id)) ?? false
  const ids = [...after.groups].flatMap(([id, { nodes }]) => {
    const isOpen = before.groups.has(id) ? opened.has(id) : nodes.some((node) => wasInView(node.id))
    return isOpen ? [id] : []
  })
  return new Set(ids)
}
