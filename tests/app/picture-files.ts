import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'

const side = 24

/** A PNG of one grey with a lighter or darker half, so that classes can be told apart. */
export function picturePng(level: number, isTopLit: boolean): Promise<Buffer> {
  const pixels = Buffer.alloc(side * side)
  for (let at = 0; at < pixels.length; at++) pixels[at] = at < pixels.length / 2 === isTopLit ? level : level / 4
  return sharp(pixels, { raw: { width: side, height: side, channels: 1 } })
    .png()
    .toBuffer()
}

/** Writes a folder of class folders of `count` pictures each. */
export async function writePictureFolder(folder: string, classes: readonly string[], count: number): Promise<void> {
  for (const [index, name] of classes.entries()) {
    await mkdir(join(folder, name), { recursive: true })
    for (let number = 0; number < count; number++) {
      await writeFile(join(folder, name, `${number}.png`), await picturePng(120 + number, index % 2 === 0))
    }
  }
}
