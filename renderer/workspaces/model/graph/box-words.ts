import { wordsThatFit } from '../../../drawing/words-that-fit.ts'
import type { PlacedBox } from '../../../graph/graph-layout.ts'

/** Padding and border, left and right of the words. */
const SIDES = 22
const GAP = 6
/** What the button that opens or folds takes, with the gap before it. */
const BUTTON = 17 + GAP
/** And the sign of a problem. */
const MARK = 14 + GAP
/** Less room than this is not worth a beginning of words. */
const LEAST_DETAIL = 30

/**
 * A box's words, cut to its width. Not by CSS: every cut-off there is a clip of its own, which made a graph of hundreds of
 * boxes twice as slow to move.
 */
export function boxWords(box: PlacedBox): { readonly title: string; readonly detail: string } {
  const { form, size, width } = box
  const hasButton = form === 'open' || form === 'folded'
  const beside = (size === '' ? 0 : ruler.size(size) + GAP) + (hasButton ? BUTTON : 0) + (box.mark ? MARK : 0)
  const title = wordsThatFit(box.title, width - SIDES - beside, ruler.title)
  // A frame says it all in one line.
  const taken = form === 'open' ? ruler.title(title) + GAP + beside : 0
  const detailRoom = width - SIDES - taken
  const fitted = wordsThatFit(box.detail, detailRoom, ruler.detail)
  return { title, detail: form === 'open' && detailRoom < LEAST_DETAIL ? '' : fitted }
}

/** Widths in CSS pixels of words as GraphBox writes them. */
const ruler = {
  title: (words: string) => widthOf(words, '--weight-strong', 12),
  size: (words: string) => widthOf(words, '--weight-normal', 12),
  detail: (words: string) => widthOf(words, '--weight-normal', 11),
}

let context: CanvasRenderingContext2D | null | undefined
/** By weight and size: a graph measures thousands of words, and the styles do not change. */
const fonts = new Map<string, string>()

function widthOf(words: string, weight: string, size: number): number {
  context ??= document.createElement('canvas').getContext('2d')
  if (!context) return 0
  context.font = fontOf(weight, size)
  return context.measureText(words).width
}

function fontOf(weight: string, size: number): string {
  const key = `${weight} ${size}`
  const known = fonts.get(key)
  if (known !== undefined) return known
  const style = getComputedStyle(document.body)
  const font = `${style.getPropertyValue(weight).trim()} ${size}px ${style.fontFamily}`
  fonts.set(key, font)
  return font
}
