import { shallowRef, type ShallowRef } from 'vue'

export interface RowDrag {
  readonly from: number
  /** The position the row will have where it is let go. */
  readonly to: number
  /** Where the line that shows it is drawn, in pixels below the top of the list. */
  readonly lineTop: number
}

/** The position a row dragged from `from` gets when the pointer is at `y`, given the middles of all rows. */
export function dropPosition(middles: readonly number[], from: number, y: number): number {
  const before = middles.filter((middle, index) => index !== from && middle < y).length
  return Math.min(middles.length - 1, before)
}

/** Dragging the rows of a list to another place; `rowsOf` gives their elements in order. */
export function useRowDrag(
  list: Readonly<ShallowRef<HTMLElement | null>>,
  rowsOf: (list: HTMLElement) => readonly HTMLElement[],
  onMoved: (from: number, to: number) => void,
) {
  const drag = shallowRef<RowDrag>()

  function start(from: number, event: PointerEvent): void {
    const container = list.value
    const handle = event.currentTarget as HTMLElement | null
    if (!container || !handle || event.button !== 0) return
    handle.setPointerCapture(event.pointerId)
    const boxes = rowsOf(container).map((row) => row.getBoundingClientRect())
    const middles = boxes.map((box) => (box.top + box.bottom) / 2)
    const top = container.getBoundingClientRect().top - container.scrollTop

    const onMove = (move: PointerEvent): void => {
      const to = dropPosition(middles, from, move.clientY)
      const edge = to > from ? boxes[to]?.bottom : boxes[to]?.top
      drag.value = { from, to, lineTop: (edge ?? 0) - top }
    }
    const onEnd = (): void => {
      handle.removeEventListener('pointermove', onMove)
      const { value } = drag
      drag.value = undefined
      if (value && value.to !== value.from) onMoved(value.from, value.to)
    }
    handle.addEventListener('pointermove', onMove)
    handle.addEventListener('lostpointercapture', onEnd, { once: true })
  }

  return { drag, start }
}
