import { markRaw } from 'vue'
import type { PlacedBox } from '../../../graph/graph-layout.ts'

/**
 * A box as Vue Flow takes it; its size is known before it is drawn. It stands where it does by left and top, since a
 * transform of each box made a graph of hundreds of them slow to move.
 */
export function flowNode(box: PlacedBox) {
  return {
    id: box.id,
    type: 'box',
    position: { x: box.x, y: box.y },
    dimensions: { width: box.width, height: box.height },
    width: box.width,
    height: box.height,
    style: { transform: 'none', left: `${box.x}px`, top: `${box.y}px` },
    zIndex: box.form === 'open' ? 0 : 2,
    data: markRaw(box),
  }
}
