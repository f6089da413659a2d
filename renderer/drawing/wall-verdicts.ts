import { type FilterVerdictName, filterVerdictNames } from '../../engine/protocol/verdicts.ts'
import { markShapes } from '../verdicts/verdict-marks.ts'
import type { Rect } from './wall-layout.ts'

/** What the marks on a wall say. */
export interface WallVerdicts {
  /** Which layer of what: only where this stays the same does a filter change its verdict. */
  readonly of: string
  /** Of each filter by its index. */
  readonly verdicts: readonly FilterVerdictName[]
  /** A filter whose verdict changes shows that once. */
  readonly pulses: boolean
}

export type MarkColours = Readonly<Record<FilterVerdictName, string>>

/** CSS pixels. */
const MARK_SIZE = 12
const MARK_GAP = 3
const BOX = 16
const PULSE_MS = 700

/** Draws the verdict marks of a wall: each shape is drawn once and then copied, however many filters have it. */
export class VerdictMarks {
  #shown: WallVerdicts | undefined
  /** When the verdict of a filter changed. */
  readonly #changed = new Map<number, number>()
  #sprites: HTMLCanvasElement | undefined
  #spriteKey = ''

  show(next: WallVerdicts | undefined, now: number): void {
    const before = this.#shown
    this.#shown = next
    if (next === undefined || before?.of !== next.of) this.#changed.clear()
    if (next === undefined || before?.of !== next.of || !next.pulses) return
    next.verdicts.forEach((verdict, filter) => {
      const was = before.verdicts[filter]
      if (was !== undefined && was !== verdict) this.#changed.set(filter, now)
    })
  }

  /** Draws a filter's mark with its left edge at x; returns the room it took, 0 where there is none. Screen pixels. */
  draw(
    context: CanvasRenderingContext2D,
    filter: number,
    x: number,
    middle: number,
    density: number,
    colours: MarkColours,
  ): number {
    const verdict = this.#shown?.verdicts[filter]
    if (verdict === undefined) return 0
    const size = Math.round(MARK_SIZE * density)
    const sprites = this.#spritesFor(size, colours)
    const column = filterVerdictNames.indexOf(verdict)
    context.drawImage(sprites, column * size, 0, size, size, x, Math.round(middle - size / 2), size, size)
    return size + Math.round(MARK_GAP * density)
  }

  /** How far a filter's pulse has come, 0 to 1; undefined where it shows none. */
  pulseOf(filter: number, now: number): number | undefined {
    const started = this.#changed.get(filter)
    if (started === undefined) return undefined
    const share = (now - started) / PULSE_MS
    if (share < 1) return Math.max(0, share)
    this.#changed.delete(filter)
    return undefined
  }

  #spritesFor(size: number, colours: MarkColours): HTMLCanvasElement {
    const key = `${size} ${Object.values(colours).join(' ')}`
    if (this.#sprites !== undefined && key === this.#spriteKey) return this.#sprites
    const canvas = document.createElement('canvas')
    canvas.width = size * filterVerdictNames.length
    canvas.height = size
    const context = canvas.getContext('2d')
    if (context === null) throw new Error('This browser gives no second 2D canvas, so the marks cannot be drawn.')
    context.lineWidth = 2
    context.lineCap = 'round'
    context.lineJoin = 'round'
    filterVerdictNames.forEach((verdict, column) => {
      const { filled, line } = markShapes[verdict]
      context.setTransform(size / BOX, 0, 0, size / BOX, column * size, 0)
      context.fillStyle = colours[verdict]
      context.strokeStyle = colours[verdict]
      if (filled !== undefined) context.fill(new Path2D(filled))
      if (line !== undefined) context.stroke(new Path2D(line))
    })
    this.#sprites = canvas
    this.#spriteKey = key
    return canvas
  }
}

/** A ring around a filter that grows and fades. */
export function drawPulse(
  context: CanvasRenderingContext2D,
  bounds: Rect,
  top: number,
  share: number,
  density: number,
  colour: string,
): void {
  const outset = Math.round((2 + 4 * share) * density)
  context.save()
  context.globalAlpha = 1 - share
  context.strokeStyle = colour
  context.lineWidth = Math.max(1, 2 * density)
  context.beginPath()
  const [width, height] = [bounds.width + 2 * outset, bounds.height + 2 * outset]
  context.roundRect(bounds.x - outset, bounds.y - top - outset, width, height, Math.round(4 * density))
  context.stroke()
  context.restore()
}
