import type { ColourMap } from './colour-map.ts'
import { paintComposite, paintPlane } from './tile-pixels.ts'
import type { ValueScale } from './value-scale.ts'

/** One filter [channels, height, width], all of its channels beside each other, or three of them as one colour picture. */
export interface FilterSheet {
  readonly values: Float32Array
  readonly channels: number
  readonly kernelWidth: number
  readonly kernelHeight: number
  readonly isComposite: boolean
  readonly map: ColourMap
  readonly scale: ValueScale
}

/** Screen pixels. */
export interface SheetLayout {
  readonly columns: number
  readonly rows: number
  /** The side of one weight. */
  readonly cell: number
  readonly gap: number
  readonly width: number
  readonly height: number
}

interface SheetRoom {
  readonly width: number
  readonly height: number
}

/** Puts the channels into as many columns as make the weights largest, each weight whole pixels, at least one. */
export function layoutSheet(
  tiles: number,
  kernelWidth: number,
  kernelHeight: number,
  room: SheetRoom,
  gap: number,
): SheetLayout {
  let best: SheetLayout | undefined
  for (let columns = 1; columns <= tiles; columns++) {
    const rows = Math.ceil(tiles / columns)
    const across = Math.floor((room.width - (columns - 1) * gap) / (columns * kernelWidth))
    const down = Math.floor((room.height - (rows - 1) * gap) / (rows * kernelHeight))
    const cell = Math.max(1, Math.min(across, down))
    if (best !== undefined && cell <= best.cell) continue
    const width = columns * kernelWidth * cell + (columns - 1) * gap
    const height = rows * kernelHeight * cell + (rows - 1) * gap
    best = { columns, rows, cell, gap, width, height }
  }
  if (best === undefined) throw new RangeError(`A filter of ${tiles} channels cannot be laid out.`)
  return best
}

/** Draws a filter into the room there is, CSS pixels; returns the size it takes. */
export function drawFilterSheet(
  canvas: HTMLCanvasElement,
  sheet: FilterSheet,
  room: SheetRoom,
  density: number,
): SheetRoom {
  const { values, kernelWidth, kernelHeight, isComposite, map, scale } = sheet
  const tiles = isComposite ? 1 : sheet.channels
  const inPixels = { width: Math.floor(room.width * density), height: Math.floor(room.height * density) }
  const gap = Math.round((inPixels.width < 100 * density ? 1 : 3) * density)
  const layout = layoutSheet(tiles, kernelWidth, kernelHeight, inPixels, gap)
  canvas.width = layout.width
  canvas.height = layout.height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the filter cannot be drawn.')
  const tile = document.createElement('canvas')
  tile.width = kernelWidth
  tile.height = kernelHeight
  const tileContext = tile.getContext('2d')
  if (tileContext === null) throw new Error('This browser gives no 2D canvas, so the filter cannot be drawn.')
  const image = tileContext.createImageData(kernelWidth, kernelHeight)
  const target = { pixels: new Uint32Array(image.data.buffer), stride: kernelWidth }
  context.imageSmoothingEnabled = false
  for (let index = 0; index < tiles; index++) {
    if (isComposite) paintComposite(target, 0, values, 0, kernelWidth, kernelHeight, scale)
    else paintPlane(target, 0, values, index * kernelWidth * kernelHeight, kernelWidth, kernelHeight, map, scale)
    tileContext.putImageData(image, 0, 0)
    const [width, height] = [kernelWidth * layout.cell, kernelHeight * layout.cell]
    const x = (index % layout.columns) * (width + gap)
    const y = Math.floor(index / layout.columns) * (height + gap)
    context.drawImage(tile, x, y, width, height)
  }
  return { width: layout.width / density, height: layout.height / density }
}
