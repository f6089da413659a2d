import { markRaw } from 'vue'
import type { PlacedBox, PlacedEdge } from '../../../graph/graph-layout.ts'

/** A box as Vue Flow takes it; its size is known before it is drawn, so that what is out of sight need not be. */
export function flowNode(box: PlacedBox) {
  return {
    id: box.id,
    type: 'box',
    position: { x: box.x, y: box.y },
    dimensions: { width: box.width, height: box.height },
    width: box.width,
    height: box.height,
    zIndex: box.form === 'open' ? 0 : 2,
    data: markRaw(box),
  }
}

export function flowEdge(edge: PlacedEdge) {
  const { id, source, target } = edge
  return { id, source, target, type: 'route', zIndex: 1, data: markRaw(edge) }
}
