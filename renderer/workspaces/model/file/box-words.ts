import { wordsThatFit } from '../../../drawing/words-that-fit.ts'
import type { PlacedBox } from '../../../graph/graph-layout.ts'

/** Padding and border, left and right of the words. */
const SIDES = 22
const GAP = 6
/** What the button that opens or folds takes, with the gap before it. */
const BUTTON = 17 + GAP
/** Less room than this is not worth a beginning of words. */
const LEAST_DETAIL = 30

let context: CanvasRenderingContext2D | null | undefined

/**
 * A box's words, cut to its width. Not by CSS: every cut-off there is a clip of its own, which made a graph of hundreds of
 * boxes twice as slow to move.
 */
export function boxWords(box: PlacedBox): { readonly title: string; readonly detail: string } {
  const { form, size, width } = box
  const hasButton = form === 'open' || form === 'folded'
  const beside = (size === '' ? 0 : widthOf(size, 430, 12) + GAP) + (hasButton ? BUTTON : 0)
  const title = wordsThatFit(box.title, width - SIDES - beside, (words) => widthOf(words, 640, 12))
  // A frame says it all in one line.
  const taken = form === 'open' ? widthOf(title, 640, 12) + GAP + beside : 0
  const detailRoom = width - SIDES - taken
  const fitted = wordsThatFit(box.detail, detailRoom, (words) => widthOf(words, 430, 11))
  return { title, detail: form === 'open' && detailRoom < LEAST_DETAIL ? '' : fitted }
}

/** In CSS pixels, of a weight and size. */
function widthOf(words: string, weight: number, size: number): number {
  context ??= document.createElement('canvas').getContext('2d')
  if (!context) return 0
  context.font = `${weight} ${size}px ${getComputedStyle(document.body).fontFamily}`
  return context.measureText(words).width
}
