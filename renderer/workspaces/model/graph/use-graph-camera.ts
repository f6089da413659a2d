import { computed, type ShallowRef } from 'vue'
import { useVueFlow } from '@vue-flow/core'
import { usePreferredReducedMotion } from '@vueuse/core'
import type { PlacedBox, PlacedGraph } from '../../../graph/graph-layout.ts'

/** Below this the words in the boxes cannot be read. */
const SMALLEST_READABLE = 0.55
const MARGIN = 16
/** Below this the words in the boxes are not even seen as words: 3.6 pixels high. */
const SMALLEST_WITH_WORDS = 0.3

/** What part of a drawing is in view, and how large. */
export function useGraphCamera(flowId: string, placed: ShallowRef<PlacedGraph | undefined>) {
  const { setViewport, viewport, dimensions, zoomTo } = useVueFlow(flowId)
  const motion = usePreferredReducedMotion()
  const duration = computed(() => (motion.value === 'reduce' ? 0 : 140))

  function fit(graph: PlacedGraph): { readonly byWidth: number; readonly whole: number } {
    const { width, height } = dimensions.value
    const byWidth = Math.min(1, (width - 2 * MARGIN) / graph.width)
    return { byWidth, whole: Math.min(byWidth, (height - 2 * MARGIN) / graph.height) }
  }

  function centre(graph: PlacedGraph, zoom: number, isFromTop: boolean, within: number): void {
    const { width, height } = dimensions.value
    const y = isFromTop ? MARGIN : (height - graph.height * zoom) / 2
    void setViewport({ x: (width - graph.width * zoom) / 2, y, zoom }, { duration: within })
  }

  /** The whole drawing where it can be read then, else its beginning. */
  function showStart(): void {
    const graph = placed.value
    if (!graph || dimensions.value.width === 0) return
    const { byWidth, whole } = fit(graph)
    const isWhole = whole >= SMALLEST_READABLE
    centre(graph, isWhole ? whole : Math.max(SMALLEST_READABLE, byWidth), !isWhole, 0)
  }

  /** All of it, however small. */
  function showAll(): void {
    if (placed.value) centre(placed.value, fit(placed.value).whole, false, duration.value)
  }

  /** Moves the drawing just so far that a box is seen whole. */
  function showBox(box: PlacedBox): void {
    const { x, y, zoom } = viewport.value
    const { width, height } = dimensions.value
    const byX = shiftInto(box.x * zoom + x, box.width * zoom, width)
    const byY = shiftInto(box.y * zoom + y, box.height * zoom, height)
    if (byX !== 0 || byY !== 0) void setViewport({ x: x + byX, y: y + byY, zoom }, { duration: duration.value })
  }

  /** Moves the drawing so that a box stands on the screen where it stood before it was placed anew. */
  function keepInPlace(before: PlacedBox, after: PlacedBox): void {
    const { x, y, zoom } = viewport.value
    const byX = (before.x + before.width / 2 - after.x - after.width / 2) * zoom
    void setViewport({ x: x + byX, y: y + (before.y - after.y) * zoom, zoom })
  }

  function zoomBy(factor: number): void {
    void zoomTo(viewport.value.zoom * factor, { duration: duration.value })
  }

  const showsWords = computed(() => viewport.value.zoom >= SMALLEST_WITH_WORDS)

  return { showsWords, showStart, showAll, showBox, keepInPlace, zoomBy }
}

function shiftInto(start: number, length: number, room: number): number {
  if (start < MARGIN) return MARGIN - start
  const past = start + length - (room - MARGIN)
  return past > 0 ? -Math.min(past, start - MARGIN) : 0
}
