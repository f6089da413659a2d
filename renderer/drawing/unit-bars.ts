import { wordsThatFit } from './words-that-fit.ts'
import type { ColourMap } from './colour-map.ts'
import { pixelToHex } from './colour-map.ts'
import { shareOnScale } from './value-scale.ts'
import type { ValueScale } from './value-scale.ts'

export interface UnitBarsOptions {
  readonly values: Float32Array
  readonly scale: ValueScale
  readonly map: ColourMap
  /** Canvas size in screen pixels. */
  readonly width: number
  readonly height: number
  /** Widest bar with the space after it. */
  readonly widest: number
  readonly axisColour: string
  /** Names under the bars, where there is room for them. */
  readonly labels?: { readonly texts: readonly string[]; readonly font: string; readonly height: number } | undefined
}

/** The part of a width that the bars take: few bars do not grow without bound. */
function usedWidth(count: number, width: number, widest: number): number {
  return Math.min(width, count * widest)
}

/** Left edge and width of the bar of each unit; bars that share pixels lie on top of each other. */
export function barPlace(
  unit: number,
  count: number,
  width: number,
  widest: number,
): { readonly x: number; readonly width: number } {
  const used = usedWidth(count, width, widest)
  const from = Math.floor((unit * used) / count)
  const to = Math.floor(((unit + 1) * used) / count)
  const gap = Math.min(8, Math.floor((to - from) / 4))
  return { x: from, width: Math.max(1, to - from - gap) }
}

/** The unit whose bar is at a horizontal place; undefined right of the last. */
export function unitAt(x: number, count: number, width: number, widest: number): number | undefined {
  const unit = Math.floor((x / usedWidth(count, width, widest)) * count)
  return unit >= 0 && unit < count ? unit : undefined
}

/** Draws the activations of a layer without maps: a bar per unit from 0, coloured like the maps. */
export function drawUnitBars(canvas: HTMLCanvasElement, options: UnitBarsOptions): void {
  const { values, scale, map, width, height } = options
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the activations cannot be drawn.')
  context.clearRect(0, 0, width, height)
  const { labels } = options
  const plotHeight = height - (labels?.height ?? 0)
  const yOf = (value: number): number => Math.round((1 - shareOnScale(value, scale)) * (plotHeight - 1))
  const zero = yOf(0)
  for (let unit = 0; unit < values.length; unit++) {
    const value = values[unit] ?? NaN
    if (Number.isNaN(value)) continue
    const level = Math.round(shareOnScale(value, scale) * (map.levels.length - 1))
    context.fillStyle = pixelToHex(map.levels[level] ?? 0)
    const place = barPlace(unit, values.length, width, options.widest)
    const y = yOf(value)
    context.fillRect(place.x, Math.min(y, zero), place.width, Math.max(1, Math.abs(zero - y)))
  }
  context.fillStyle = options.axisColour
  context.fillRect(0, zero, width, 1)
  if (labels === undefined) return
  context.font = labels.font
  context.textAlign = 'center'
  context.textBaseline = 'bottom'
  const widthOf = (words: string) => context.measureText(words).width
  labels.texts.forEach((text, unit) => {
    const place = barPlace(unit, values.length, width, options.widest)
    context.fillText(wordsThatFit(text, place.width * 1.2, widthOf), place.x + place.width / 2, height)
  })
}
