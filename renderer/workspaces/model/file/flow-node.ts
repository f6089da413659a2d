import { markRaw } from 'vue'
import type { PlacedBox } from '../../../graph/graph-layout.ts'

/** A box as Vue Flow takes it; its size is known before it is drawn. */
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
