import { computed, nextTick, shallowRef, watch } from 'vue'
import type { PlacedBox } from '../../../graph/graph-layout.ts'
import { walk } from '../../../graph/graph-walk.ts'
import type { WalkKey } from '../../../graph/graph-walk.ts'
import type { useGraphCamera } from './use-graph-camera.ts'
import type { useGraphDrawing } from './use-graph-drawing.ts'

const arrows: readonly string[] = ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End'] satisfies WalkKey[]

interface WalkEvents {
  readonly onSelect: (box: PlacedBox | undefined) => void
  /** A box of one layer was selected, or entered. */
  readonly onLayer: (name: string, isEntered: boolean) => void
}

/** The selected box of a drawing: by pointer, by keyboard along the edges, or gone to. */
export function useGraphWalk(
  { outline, placed, toggle, reveal }: ReturnType<typeof useGraphDrawing>,
  camera: ReturnType<typeof useGraphCamera>,
  keepsSelection: boolean,
  { onSelect, onLayer }: WalkEvents,
) {
  const selected = shallowRef<string>()
  /** The node that is gone to once the groups around it are drawn open; another selection meanwhile is the newer wish. */
  let awaited: string | undefined
  const boxes = computed(() => placed.value?.boxes ?? [])
  const current = computed(() => boxes.value.find(({ id }) => id === selected.value))

  const isBlock = (box: PlacedBox): boolean => {
    const group = outline.value.groups.get(box.id)?.group
    return group !== undefined && group.origin !== 'chain'
  }

  function select(id: string | undefined): void {
    awaited = undefined
    selected.value = id
    onSelect(current.value)
    // A block holds several layers: which filters are meant is not known.
    if (current.value?.layer !== undefined && !isBlock(current.value)) onLayer(current.value.layer, false)
  }

  /** Selects nothing, where that may be. */
  function leave(): void {
    if (!keepsSelection) select(undefined)
  }

  /** Opens or folds a group; it stays where it is on the screen. */
  function toggleInPlace(id: string): void {
    const before = boxes.value.find((box) => box.id === id)
    const stop = watch(placed, async () => {
      stop()
      const after = boxes.value.find((box) => box.id === id)
      if (!current.value) select(id)
      await nextTick()
      if (before && after) camera.keepInPlace(before, after)
    })
    toggle(id)
  }

  /**
   * Selects the box that stands for just these nodes. Where a single one is folded in a block, its block is opened, or
   * selected whole where `keepsFolded`.
   */
  function follow(nodes: readonly string[], keepsFolded = false): void {
    const isThese = ({ id, nodes: own }: PlacedBox): boolean =>
      nodes.length === 1 ? id === nodes[0] : own.length === nodes.length && nodes.every((node) => own.includes(node))
    const isShown = current.value !== undefined && isThese(current.value)
    const box = isShown ? current.value : boxes.value.find((candidate) => isThese(candidate))
    const [first] = nodes
    awaited = undefined
    if (box) {
      selected.value = box.id
      camera.showBox(box)
      return
    }
    if (first === undefined) return
    const around = boxes.value.find(({ form, nodes: own }) => form === 'folded' && own.includes(first))
    if (around && keepsFolded) {
      select(around.id)
      camera.showBox(around)
    } else goTo(first)
  }

  /** Selects the box that shows a node, opening the groups around it. */
  function goTo(node: string): void {
    const show = (): boolean => {
      const box = boxes.value.find(({ form, nodes }) => form !== 'open' && nodes.includes(node))
      if (!box || (box.form === 'folded' && isBlock(box))) return false
      select(box.id)
      camera.showBox(box)
      return true
    }
    reveal(node)
    if (show()) return
    awaited = node
    const stop = watch(placed, async () => {
      stop()
      await nextTick()
      if (awaited === node) show()
    })
  }

  function step(key: WalkKey): void {
    if (!placed.value) return
    const next = walk(placed.value, selected.value, key)
    const box = boxes.value.find(({ id }) => id === next)
    if (!box) return
    select(box.id)
    camera.showBox(box)
  }

  /** What Enter does with the selected box: a block is opened, a layer shows its filters. */
  function enter(): void {
    const box = current.value
    if (box && isBlock(box)) toggleInPlace(box.id)
    else if (box?.layer !== undefined) onLayer(box.layer, true)
  }

  function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const around = current.value?.parent
    if (arrows.includes(event.key)) step(event.key as WalkKey)
    else if (event.key === 'Enter') enter()
    else if (event.key === 'Backspace' && around !== undefined) toggleInPlace(around)
    else if (event.key === '+' || event.key === '=') camera.zoomBy(1.25)
    else if (event.key === '-') camera.zoomBy(0.8)
    else if (event.key === '0') camera.showAll()
    else if (event.key === 'Escape' && selected.value !== undefined && !keepsSelection) select(undefined)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return { selected, current, boxes, select, leave, toggleInPlace, follow, goTo, onKeyDown }
}
