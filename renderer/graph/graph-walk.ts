import type { PlacedBox, PlacedGraph } from './graph-layout.ts'

export type WalkKey = 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'Home' | 'End'

/**
 * The box an arrow leads to: down along an edge to what reads this one, up to what it reads, sideways to the nearest
 * box beside it. Of several the nearest; undefined where there is none.
 */
export function walk(graph: PlacedGraph, from: string | undefined, key: WalkKey): string | undefined {
  const boxes = graph.boxes.filter(({ form }) => form !== 'open')
  const current = boxes.find(({ id }) => id === from)
  const inOrder = boxes.toSorted((one, other) => one.y - other.y || one.x - other.x)
  if (key === 'Home' || current === undefined) return inOrder[0]?.id
  if (key === 'End') return inOrder.at(-1)?.id
  if (key === 'ArrowLeft' || key === 'ArrowRight') return beside(boxes, current, key === 'ArrowRight' ? 1 : -1)?.id
  const ids = new Set(
    graph.edges.flatMap(({ source, target }) => {
      if (key === 'ArrowDown') return source === current.id ? [target] : []
      return target === current.id ? [source] : []
    }),
  )
  return nearest(
    boxes.filter(({ id }) => ids.has(id)),
    current,
  )?.id
}

const middle = ({ x, width }: PlacedBox): number => x + width / 2
const centre = ({ y, height }: PlacedBox): number => y + height / 2

function beside(boxes: readonly PlacedBox[], current: PlacedBox, side: 1 | -1): PlacedBox | undefined {
  const candidates = boxes.filter((box) => {
    const isOnSide = (middle(box) - middle(current)) * side > 0
    const overlaps = box.y < current.y + current.height + 24 && box.y + box.height + 24 > current.y
    return isOnSide && overlaps
  })
  return nearest(candidates, current)
}

function nearest(boxes: readonly PlacedBox[], current: PlacedBox): PlacedBox | undefined {
  const distance = (box: PlacedBox): number => Math.hypot(middle(box) - middle(current), centre(box) - centre(current))
  return boxes.toSorted((one, other) => distance(one) - distance(other))[0]
}
