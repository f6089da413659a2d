import { createFrameTask } from '../../drawing/frame-task.ts'
import type { Thumbnails } from '../../../engine/protocol/data.ts'
import { placeOf, picturesBetween, type PictureGrid } from './picture-grid.ts'
import type { PicturePages } from './picture-pages.ts'
import { drawSheet, type PictureSheet } from './picture-sheet.ts'

export interface WallView {
  /** CSS pixels. */
  readonly width: number
  readonly height: number
  readonly scrollTop: number
  /** Screen pixels per CSS pixel. */
  readonly density: number
}

export interface WallColours {
  readonly background: string
  /** Stands where a picture is still on its way. */
  readonly missing: string
  readonly accent: string
}

/** Draws the pictures in view on one canvas, at most once per animation frame, always the newest state. */
export class PictureWallPainter {
  readonly #canvas: HTMLCanvasElement
  readonly #context: CanvasRenderingContext2D
  readonly #task = createFrameTask(() => this.#draw())
  readonly #sheets = new WeakMap<Thumbnails, PictureSheet>()
  #view: WallView = { width: 0, height: 0, scrollTop: 0, density: 1 }
  #colours: WallColours | undefined
  #grid: PictureGrid | undefined
  #pages: PicturePages | undefined
  #selected: number | undefined
  #hovered: number | undefined

  constructor(canvas: HTMLCanvasElement) {
    const context = canvas.getContext('2d', { alpha: false })
    if (!context) {
      throw new Error('This browser gives no 2D canvas, so pictures cannot be drawn; enable canvas and reload.')
    }
    this.#canvas = canvas
    this.#context = context
  }

  show(grid: PictureGrid | undefined, pages: PicturePages | undefined): void {
    this.#grid = grid
    this.#pages = pages
    this.#task.request()
  }

  setView(view: WallView): void {
    this.#view = view
    this.#task.request()
  }

  setColours(colours: WallColours): void {
    this.#colours = colours
    this.#task.request()
  }

  setMarks(selected: number | undefined, hovered: number | undefined): void {
    this.#selected = selected
    this.#hovered = hovered
    this.#task.request()
  }

  redraw(): void {
    this.#task.request()
  }

  dispose(): void {
    this.#task.cancel()
  }

  #draw(): void {
    const { width, height, density } = this.#view
    const colours = this.#colours
    const pixelWidth = Math.round(width * density)
    const pixelHeight = Math.round(height * density)
    if (!colours || pixelWidth === 0 || pixelHeight === 0) return
    // Setting a canvas's size clears it, so it is only done when it changes.
    if (this.#canvas.width !== pixelWidth) this.#canvas.width = pixelWidth
    if (this.#canvas.height !== pixelHeight) this.#canvas.height = pixelHeight
    this.#context.fillStyle = colours.background
    this.#context.fillRect(0, 0, pixelWidth, pixelHeight)
    if (this.#grid && this.#pages) this.#drawPictures(this.#grid, this.#pages, colours)
  }

  #drawPictures(grid: PictureGrid, pages: PicturePages, colours: WallColours): void {
    const { height, scrollTop, density } = this.#view
    const { from, to } = picturesBetween(grid, scrollTop, scrollTop + height)
    const context = this.#context
    const tileWidth = Math.round(grid.tileWidth * density)
    const tileHeight = Math.round(grid.tileHeight * density)
    context.imageSmoothingQuality = 'high'
    for (let position = from; position < to; position++) {
      const place = placeOf(grid, position)
      const x = Math.round(place.x * density)
      const y = Math.round((place.y - scrollTop) * density)
      const { page, offset } = pages.pageOf(position)
      if (!page) {
        context.fillStyle = colours.missing
        context.fillRect(x, y, tileWidth, tileHeight)
        continue
      }
      const { canvas, columns } = this.#sheetOf(page)
      // Enlarged pictures show their pixels; reduced ones are averaged.
      context.imageSmoothingEnabled = tileWidth < page.width
      context.drawImage(
        canvas,
        (offset % columns) * page.width,
        Math.floor(offset / columns) * page.height,
        page.width,
        page.height,
        x,
        y,
        tileWidth,
        tileHeight,
      )
    }
    this.#ring(grid, this.#hovered, 1, colours.accent)
    this.#ring(grid, this.#selected, 2, colours.accent)
  }

  #sheetOf(page: Thumbnails): PictureSheet {
    let sheet = this.#sheets.get(page)
    if (!sheet) this.#sheets.set(page, (sheet = drawSheet(page)))
    return sheet
  }

  #ring(grid: PictureGrid, position: number | undefined, thickness: number, colour: string): void {
    if (position === undefined || position >= grid.count) return
    const { density, scrollTop } = this.#view
    const place = placeOf(grid, position)
    const line = Math.round(thickness * density)
    this.#context.strokeStyle = colour
    this.#context.lineWidth = line
    this.#context.strokeRect(
      Math.round(place.x * density) - line / 2,
      Math.round((place.y - scrollTop) * density) - line / 2,
      Math.round(grid.tileWidth * density) + line,
      Math.round(grid.tileHeight * density) + line,
    )
  }
}
