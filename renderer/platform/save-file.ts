/** Hands a file to the person's downloads. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content)
  download(name, address)
  // The download has its own hold on the content once it has begun.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}

/** Hands a file that lies on the page's own server to the person's downloads. */
export function download(name: string, address: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}

/** The longest side a browser's canvas takes everywhere. */
const LONGEST_SIDE = 16_000

/** An SVG file drawn as PNG, `scale` pixels a unit where a canvas can be so large; throws a sentence where it cannot be drawn. */
export async function svgToPng(svg: string, width: number, height: number, scale = 2): Promise<Blob> {
  const address = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = address
    await image.decode()
    const used = Math.min(scale, LONGEST_SIDE / Math.max(width, height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.ceil(width * used)
    canvas.height = Math.ceil(height * used)
    canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    if (blob === null) throw new Error('This browser cannot make a picture that large; save it as SVG instead.')
    return blob
  } finally {
    URL.revokeObjectURL(address)
  }
}
