import { pixelToHex } from './colour-map.ts'
import type { ColourMap } from './colour-map.ts'
import { parseHex, toOklab } from './colour-space.ts'
import { paintComposite, paintPlane } from './tile-pixels.ts'
import type { ValueScale } from './value-scale.ts'

/** One plane [height, width], or three of them [3, height, width] shown as one colour picture. */
export interface KernelPicture {
  readonly values: Float32Array
  readonly width: number
  readonly height: number
  readonly isComposite: boolean
  readonly map: ColourMap
  readonly scale: ValueScale
}

const SMALLEST_CELL_FOR_NUMBERS = 30

/**
 * Draws a kernel as large as it fits into a square of `side` CSS pixels with the same whole number of screen pixels for
 * every weight, the weights written into cells that have room; returns the drawn size in CSS pixels.
 */
export function drawKernelPicture(
  canvas: HTMLCanvasElement,
  picture: KernelPicture,
  side: number,
  density: number,
  textOf: ((value: number) => string) | undefined,
  fontFamily: string,
): { readonly width: number; readonly height: number } {
  const { width, height } = picture
  const cell = Math.max(1, Math.floor((side * density) / Math.max(width, height)))
  canvas.width = width * cell
  canvas.height = height * cell
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the kernel cannot be drawn.')
  const pixels = new Uint32Array(width * height)
  const target = { pixels, stride: width }
  if (picture.isComposite) paintComposite(target, 0, picture.values, 0, width, height, picture.scale)
  else paintPlane(target, 0, picture.values, 0, width, height, picture.map, picture.scale)
  for (let index = 0; index < pixels.length; index++) {
    context.fillStyle = pixelToHex(pixels[index] ?? 0)
    context.fillRect((index % width) * cell, Math.floor(index / width) * cell, cell, cell)
  }
  if (textOf !== undefined && !picture.isComposite && cell / density >= SMALLEST_CELL_FOR_NUMBERS) {
    writeNumbers(context, picture, pixels, cell, density, textOf, fontFamily)
  }
  return { width: canvas.width / density, height: canvas.height / density }
}

function writeNumbers(
  context: CanvasRenderingContext2D,
  picture: KernelPicture,
  pixels: Uint32Array,
  cell: number,
  density: number,
  textOf: (value: number) => string,
  fontFamily: string,
): void {
  context.font = `${Math.round(Math.min(12, cell / density / 3.2) * density)}px ${fontFamily}`
  context.textAlign = 'center'
  context.textBaseline = 'middle'
  for (let index = 0; index < pixels.length; index++) {
    // Black on light and white on dark cells; the middle of OKLab's lightness gives both at least 4.5:1.
    const [lightness] = toOklab(parseHex(pixelToHex(pixels[index] ?? 0)))
    context.fillStyle = lightness > 0.6 ? '#000000' : '#ffffff'
    const x = ((index % picture.width) + 0.5) * cell
    const y = (Math.floor(index / picture.width) + 0.5) * cell
    context.fillText(textOf(picture.values[index] ?? NaN), x, y)
  }
}
