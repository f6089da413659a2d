import type { ColourMap } from './colour-map.ts'

/** Draws a colour map from its lowest to its highest level, one pixel a level; the canvas is stretched by its style. */
export function drawLegendBar(canvas: HTMLCanvasElement, map: ColourMap): void {
  putRows(canvas, map.levels.length, 1, (column) => map.levels[column] ?? 0)
}

/** Draws what each screen channel does from −limit to +limit while the other two stay at 0, the middle grey. */
export function drawCompositeBars(canvas: HTMLCanvasElement): void {
  const grey = 128
  putRows(canvas, 256, 3, (level, row) => {
    const red = row === 0 ? level : grey
    const green = row === 1 ? level : grey
    const blue = row === 2 ? level : grey
    return ((0xff << 24) | (blue << 16) | (green << 8) | red) >>> 0
  })
}

function putRows(
  canvas: HTMLCanvasElement,
  width: number,
  height: number,
  pixelAt: (column: number, row: number) => number,
): void {
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the legend cannot be drawn.')
  const image = context.createImageData(width, height)
  const pixels = new Uint32Array(image.data.buffer)
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) pixels[row * width + column] = pixelAt(column, row)
  }
  context.putImageData(image, 0, 0)
}
