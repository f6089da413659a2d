/** Puts 8-bit pixels [height, width, channels], grey or RGB, on a canvas of that very size; the theme never changes them. */
export function drawPicture(
  canvas: HTMLCanvasElement,
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 3,
): void {
  canvas.width = width
  canvas.height = height
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('This browser gives no 2D canvas, so the picture cannot be drawn.')
  const image = context.createImageData(width, height)
  for (let index = 0; index < width * height; index++) {
    const source = index * channels
    image.data[index * 4] = pixels[source] ?? 0
    image.data[index * 4 + 1] = pixels[channels === 3 ? source + 1 : source] ?? 0
    image.data[index * 4 + 2] = pixels[channels === 3 ? source + 2 : source] ?? 0
    image.data[index * 4 + 3] = 255
  }
  context.putImageData(image, 0, 0)
}
