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
  readonly axisColour: string
}

/** Left edge and width, in screen pixels, of the bar of each unit; bars that share pixels lie on top of each other. */
export function barPlace(unit: number, count: number, width: number): { readonly x: number; readonly width: number } {
  const from = Math.floor((unit * width) / count)
  const to = Math.floor(((unit + 1) * width) / count)
  const gap = to - from > 3 ? 1 : 0
  return { x: from, width: Math.max(1, to - from - gap) }
}

/** The unit whose bar is at a horizontal place. */
export function unitAt(x: number, count: number, width: number): number {
  return Math.min(count - 1, Math.max(0, Math.floor((x / width) * count)))
}

/** Draws the activations of a layer without maps: a bar per unit from 0, coloured like the maps. */
export function drawUnitBars(canvas: HTMLCanvasElement, options: UnitBarsOptions): void {
  const { values, scale, map, width, height } = options
  if (canvas.width !== width) canvas.width = width
  if (canvas.height !== height) canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the activations cannot be drawn.')
  context.clearRect(0, 0, width, height)
  const yOf = (value: number): number => Math.round((1 - shareOnScale(value, scale)) * (height - 1))
  const zero = yOf(0)
  for (let unit = 0; unit < values.length; unit++) {
    const value = values[unit] ?? NaN
    if (Number.isNaN(value)) continue
    const level = Math.round(shareOnScale(value, scale) * (map.levels.length - 1))
    context.fillStyle = pixelToHex(map.levels[level] ?? 0)
    const place = barPlace(unit, values.length, width)
    const y = yOf(value)
    context.fillRect(place.x, Math.min(y, zero), place.width, Math.max(1, Math.abs(zero - y)))
  }
  context.fillStyle = options.axisColour
  context.fillRect(0, zero, width, 1)
}
