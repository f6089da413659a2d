import { extname } from 'node:path'

const EXTENSIONS = new Set(['.png', '.jpg', '.jpeg', '.jfif', '.webp', '.bmp', '.dib', '.tif', '.tiff', '.gif'])

/** True where a file is named like a picture. */
export function isPictureName(name: string): boolean {
  return EXTENSIONS.has(extname(name).toLowerCase()) && !name.startsWith('.')
}
