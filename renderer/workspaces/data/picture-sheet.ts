import type { Thumbnails } from '../../../engine/protocol/data.ts'

/** Pictures of a page side by side on one canvas, to be copied from when the wall is drawn. */
export interface PictureSheet {
  readonly canvas: OffscreenCanvas
  readonly columns: number
}

const widestSheet = 4096

/** Grey or RGB bytes as opaque RGBA, from byte `from` on. */
export function toRgba(
  pixels: Uint8Array,
  from: number,
  count: number,
  channels: 1 | 3,
): Uint8ClampedArray<ArrayBuffer> {
  const rgba = new Uint8ClampedArray(count * 4)
  for (let pixel = 0; pixel < count; pixel++) {
    const source = from + pixel * channels
    const red = pixels[source] ?? 0
    rgba[pixel * 4] = red
    rgba[pixel * 4 + 1] = channels === 1 ? red : (pixels[source + 1] ?? 0)
    rgba[pixel * 4 + 2] = channels === 1 ? red : (pixels[source + 2] ?? 0)
    rgba[pixel * 4 + 3] = 255
  }
  return rgba
}

/** One picture of a page as image data. */
export function pictureImage(page: Thumbnails, offset: number): ImageData {
  const { width, height, channels } = page
  return new ImageData(toRgba(page.pixels, offset * width * height * channels, width * height, channels), width, height)
}

export function drawSheet(page: Thumbnails): PictureSheet {
  const { width, height, indices } = page
  const columns = Math.max(1, Math.min(indices.length, Math.floor(widestSheet / width)))
  const rows = Math.max(1, Math.ceil(indices.length / columns))
  const canvas = new OffscreenCanvas(columns * width, rows * height)
  const context = canvas.getContext('2d')
  if (!context)
    throw new Error('This browser gives no 2D canvas, so pictures cannot be drawn; enable canvas and reload.')
  for (let offset = 0; offset < indices.length; offset++) {
    context.putImageData(pictureImage(page, offset), (offset % columns) * width, Math.floor(offset / columns) * height)
  }
  return { canvas, columns }
}
