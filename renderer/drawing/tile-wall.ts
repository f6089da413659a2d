import { createFrameTask } from './frame-task.ts'
import type { FrameClock, FrameTask } from './frame-task.ts'
import { paintTile, scaleOfFilter } from './wall-content.ts'
import type { TilePart } from './wall-content.ts'
import type { WallContent } from './wall-content.ts'
import type { Rect, TilePlace, WallLayout } from './wall-layout.ts'
import type { ValueScale } from './value-scale.ts'
import { type MarkColours, VerdictMarks, type WallVerdicts, drawPulse } from './wall-verdicts.ts'

export interface WallViewport {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  /** Screen pixels per CSS pixel. */
  readonly density: number
}

export interface WallAppearance {
  readonly ink: string
  readonly mutedInk: string
  readonly accent: string
  readonly background: string
  /** The hairline around a tile, so that neutral weights at its edge do not melt into the background. */
  readonly frame: string
  readonly foldBackground: string
  readonly fontFamily: string
  readonly verdictColours: MarkColours
}

export interface WallMarks {
  readonly selected?: { readonly position: number; readonly channel: number } | undefined
  readonly hovered?: number | undefined
}

const ATLAS_WIDTH = 2048

/**
 * Draws a wall of tiles on one canvas: only what the viewport shows, at most once per animation frame, always the
 * newest state. Every weight covers whole screen pixels. Positions and rectangles are those of the layout.
 */
export class TileWall {
  readonly #context: CanvasRenderingContext2D
  readonly #atlas: HTMLCanvasElement
  readonly #atlasContext: CanvasRenderingContext2D
  readonly #task: FrameTask
  #atlasImage: ImageData | undefined
  #atlasPixels = new Uint32Array(0)
  #atlasIsStale = true
  #atlasBand = ''
  #layout: WallLayout | undefined
  #content: WallContent | undefined
  #viewport: WallViewport = { width: 0, height: 0, scrollTop: 0, density: 1 }
  #appearance: WallAppearance
  #marks: WallMarks = {}
  readonly #verdicts = new VerdictMarks()
  #labelOf: (filter: number) => string = String
  #foldLabel: (hidden: number) => string = String
  #drawnFrames = 0

  constructor(canvas: HTMLCanvasElement, appearance: WallAppearance, clock?: FrameClock) {
    this.#context = contextOf(canvas, false)
    this.#atlas = document.createElement('canvas')
    this.#atlasContext = contextOf(this.#atlas, true)
    this.#appearance = appearance
    this.#task = createFrameTask(() => this.#draw(), clock)
  }

  /** Frames drawn so far. */
  get drawnFrames(): number {
    return this.#drawnFrames
  }

  show(layout: WallLayout, content: WallContent): void {
    this.#layout = layout
    this.#content = content
    this.#atlasIsStale = true
    this.#task.request()
  }

  setViewport(viewport: WallViewport): void {
    this.#viewport = viewport
    this.#task.request()
  }

  setAppearance(appearance: WallAppearance): void {
    this.#appearance = appearance
    this.#task.request()
  }

  setMarks(marks: WallMarks): void {
    this.#marks = marks
    this.#task.request()
  }

  /** Marks each filter with its verdict; none without. */
  setVerdicts(verdicts: WallVerdicts | undefined): void {
    this.#verdicts.show(verdicts, performance.now())
    this.#task.request()
  }

  /** How indices and folds are written. */
  setTexts(labelOf: (filter: number) => string, foldLabel: (hidden: number) => string): void {
    this.#labelOf = labelOf
    this.#foldLabel = foldLabel
    this.#task.request()
  }

  dispose(): void {
    this.#task.cancel()
  }

  #draw(): void {
    const { width, height, density, scrollTop } = this.#viewport
    const canvas = this.#context.canvas
    const pixelWidth = Math.round(width * density)
    const pixelHeight = Math.round(height * density)
    if (pixelWidth === 0 || pixelHeight === 0) return
    // Setting the size clears a canvas, so it is only done when it changes: a resize then never shows an empty frame.
    if (canvas.width !== pixelWidth) canvas.width = pixelWidth
    if (canvas.height !== pixelHeight) canvas.height = pixelHeight
    this.#drawnFrames++
    const context = this.#context
    context.fillStyle = this.#appearance.background
    context.fillRect(0, 0, pixelWidth, pixelHeight)
    const layout = this.#layout
    const content = this.#content
    if (layout === undefined || content === undefined) return
    const top = Math.round(scrollTop * density)
    const places = layout.tilesBetween(top, top + pixelHeight)
    this.#fillAtlas(places, layout, content)
    this.#drawTiles(places, top, layout, content)
    this.#drawLabels(top, pixelHeight, layout, content)
    this.#drawPulses(top, pixelHeight, layout, content)
    this.#drawMarks(places, top, layout, content)
  }

  /** Paints the visible kernels, one pixel per weight; skipped while scrolling inside the same rows. */
  #fillAtlas(places: readonly TilePlace[], layout: WallLayout, content: WallContent): void {
    const first = places[0]
    const last = places.at(-1)
    if (first === undefined || last === undefined) return
    const band = `${first.position}.${first.channel}-${last.position}.${last.channel}`
    if (!this.#atlasIsStale && band === this.#atlasBand) return
    this.#atlasIsStale = false
    this.#atlasBand = band
    const { kernelWidth, kernelHeight } = content
    const shownParts: readonly TilePart[] =
      layout.birth.width > 0 && content.birth !== undefined ? ['now', 'birth'] : ['now']
    const parts = shownParts.length
    const columns = atlasColumns(kernelWidth)
    const rows = Math.ceil((places.length * parts) / columns)
    const image = this.#imageFor(columns * kernelWidth, rows * kernelHeight)
    const target = { pixels: this.#atlasPixels, stride: image.width }
    let scales: readonly ValueScale[] = []
    let scaledPosition = -1
    places.forEach((place, index) => {
      const filter = content.order[place.position] ?? 0
      if (place.position !== scaledPosition) {
        scales = shownParts.map((part) => scaleOfFilter(content, part, filter))
        scaledPosition = place.position
      }
      shownParts.forEach((part, order) => {
        const slot = index * parts + order
        const at = Math.floor(slot / columns) * kernelHeight * image.width + (slot % columns) * kernelWidth
        paintTile(target, at, content, part, filter, place.channel, scales[order] ?? content.sharedScale)
      })
    })
    this.#atlasContext.putImageData(image, 0, 0, 0, 0, image.width, rows * kernelHeight)
  }

  #imageFor(width: number, height: number): ImageData {
    const current = this.#atlasImage
    if (current !== undefined && current.width === width && current.height >= height) return current
    const image = new ImageData(width, Math.ceil(height * 1.25))
    this.#atlasImage = image
    this.#atlasPixels = new Uint32Array(image.data.buffer)
    this.#atlas.width = image.width
    this.#atlas.height = image.height
    return image
  }

  #drawTiles(places: readonly TilePlace[], top: number, layout: WallLayout, content: WallContent): void {
    const context = this.#context
    const { kernelWidth, kernelHeight } = content
    const { now, birth } = layout
    const parts = birth.width > 0 && content.birth !== undefined ? 2 : 1
    const columns = atlasColumns(kernelWidth)
    this.#drawFrames(places, top, layout, parts)
    context.imageSmoothingQuality = 'high'
    places.forEach((place, index) => {
      const slot = index * parts
      const sourceX = (slot % columns) * kernelWidth
      const sourceY = Math.floor(slot / columns) * kernelHeight
      const y = place.y - top
      context.imageSmoothingEnabled = now.width < kernelWidth
      context.drawImage(this.#atlas, sourceX, sourceY, kernelWidth, kernelHeight, place.x, y, now.width, now.height)
      if (parts === 1) return
      const birthX = ((slot + 1) % columns) * kernelWidth
      const birthY = Math.floor((slot + 1) / columns) * kernelHeight
      const targetY = y + birth.offsetY
      context.imageSmoothingEnabled = birth.width < kernelWidth
      context.drawImage(
        this.#atlas,
        birthX,
        birthY,
        kernelWidth,
        kernelHeight,
        place.x + birth.offsetX,
        targetY,
        birth.width,
        birth.height,
      )
    })
  }

  #drawFrames(places: readonly TilePlace[], top: number, layout: WallLayout, parts: number): void {
    const context = this.#context
    const { now, birth } = layout
    const line = Math.max(1, Math.floor(this.#viewport.density))
    context.beginPath()
    for (const place of places) {
      const y = place.y - top
      context.rect(place.x - line, y - line, now.width + 2 * line, now.height + 2 * line)
      if (parts === 1) continue
      const x = place.x + birth.offsetX
      context.rect(x - line, y + birth.offsetY - line, birth.width + 2 * line, birth.height + 2 * line)
    }
    context.fillStyle = this.#appearance.frame
    context.fill()
  }

  #drawLabels(top: number, pixelHeight: number, layout: WallLayout, content: WallContent): void {
    const context = this.#context
    const { density } = this.#viewport
    const { ink, mutedInk, accent, foldBackground, fontFamily, verdictColours } = this.#appearance
    context.font = `${Math.round(11 * density)}px ${fontFamily}`
    context.textBaseline = 'middle'
    context.textAlign = 'left'
    context.fillStyle = mutedInk
    for (const label of layout.labelsBetween(top, top + pixelHeight)) {
      const isMarked = label.position === this.#marks.selected?.position
      const filter = content.order[label.position] ?? 0
      const room = this.#verdicts.draw(context, filter, label.x, label.y - top, density, verdictColours)
      if (isMarked) context.fillStyle = accent
      context.fillText(this.#labelOf(filter), label.x + room, label.y - top)
      if (isMarked) context.fillStyle = mutedInk
    }
    context.textAlign = 'center'
    for (const fold of layout.foldsBetween(top, top + pixelHeight)) {
      context.fillStyle = foldBackground
      context.beginPath()
      context.roundRect(fold.x, fold.y - top, fold.width, fold.height, Math.round(4 * density))
      context.fill()
      context.fillStyle = ink
      context.fillText(this.#foldLabel(fold.hidden), fold.x + fold.width / 2, fold.y - top + fold.height / 2)
    }
  }

  #drawPulses(top: number, pixelHeight: number, layout: WallLayout, content: WallContent): void {
    const now = performance.now()
    const { from, to } = layout.positionsBetween(top, top + pixelHeight)
    let isPulsing = false
    for (let position = from; position < to; position++) {
      const share = this.#verdicts.pulseOf(content.order[position] ?? 0, now)
      if (share === undefined) continue
      isPulsing = true
      const bounds = layout.boundsOf(position)
      drawPulse(this.#context, bounds, top, share, this.#viewport.density, this.#appearance.accent)
    }
    if (isPulsing) this.#task.request()
  }

  #drawMarks(places: readonly TilePlace[], top: number, layout: WallLayout, content: WallContent): void {
    const { selected, hovered } = this.#marks
    const showsChannels = content.channels > 1 && !content.isComposite
    if (hovered !== undefined && hovered !== selected?.position) this.#ring(layout.boundsOf(hovered), top, 4, 1)
    if (selected === undefined) return
    this.#ring(layout.boundsOf(selected.position), top, 4, showsChannels ? 1 : 2)
    if (!showsChannels) return
    const isSelected = (place: TilePlace): boolean =>
      place.position === selected.position && place.channel === selected.channel
    const place = places.find(isSelected)
    if (place !== undefined) this.#ring({ x: place.x, y: place.y, ...layout.now }, top, 2, 2)
  }

  #ring(bounds: Rect, top: number, distance: number, thickness: number): void {
    const context = this.#context
    const { density } = this.#viewport
    const lineWidth = Math.max(1, Math.round(thickness * density))
    const outset = Math.round(distance * density) - lineWidth / 2
    context.strokeStyle = this.#appearance.accent
    context.lineWidth = lineWidth
    context.beginPath()
    context.roundRect(
      bounds.x - outset,
      bounds.y - top - outset,
      bounds.width + 2 * outset,
      bounds.height + 2 * outset,
      Math.round(4 * density),
    )
    context.stroke()
  }
}

function atlasColumns(kernelWidth: number): number {
  return Math.max(1, Math.floor(ATLAS_WIDTH / kernelWidth))
}

function contextOf(canvas: HTMLCanvasElement, willReadFrequently: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha: false, willReadFrequently })
  if (context === null) {
    throw new Error('This browser gives no 2D canvas, so the filters cannot be drawn; enable canvas and reload.')
  }
  return context
}
