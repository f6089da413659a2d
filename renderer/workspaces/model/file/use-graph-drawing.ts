import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import type { ModelSummary } from '../../../../engine/protocol/models.ts'
import type { PlacedGraph } from '../../../graph/graph-layout.ts'
import { outlineOf } from '../../../graph/graph-outline.ts'
import { initiallyOpened, visibleGraph } from '../../../graph/visible-graph.ts'
import type { GraphTexts, VisibleGraph } from '../../../graph/visible-graph.ts'
import { formatInteger } from '../../../i18n/format.ts'
import { text } from '../../../i18n/text.ts'
import { GraphLayouter } from '../../../platform/graph-layouter.ts'
import { createNewestRequest } from '../../../stores/newest-request.ts'

const texts: GraphTexts = {
  block: (number) => text('modelFile.graph.block', { number }),
  nodes: (count) => text('modelFile.graph.nodes', { count, shown: formatInteger(count) }),
  alike: (count) => text('modelFile.graph.alike', { count }),
  get input() {
    return text('modelFile.graph.input')
  },
  get output() {
    return text('modelFile.graph.output')
  },
}

/** The drawing of a model: which groups are open, and where everything lies then. */
export function useGraphDrawing(summary: () => ModelSummary) {
  const layouter = new GraphLayouter()
  onScopeDispose(() => layouter.dispose())

  const outline = computed(() => outlineOf(summary().nodes))
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
    outline,
    (next) => {
      placed.value = undefined
      opened.value = initiallyOpened(next)
    },
    { immediate: true },
  )
  const visible = computed(() => visibleGraph(outline.value, summary(), opened.value, texts))
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
