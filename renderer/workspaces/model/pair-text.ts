/** A window, stride or padding as text: 5 where both are equal, else height × width. */
export function pairText([height, width]: readonly [number, number]): string {
  return height === width ? String(height) : `${height}×${width}`
}

/** Reads 5, 5×3 or 5x3; undefined where it is neither, or smaller than `min`. */
export function readPair(typed: string, min: number): [number, number] | undefined {
  const match = /^\s*(\d{1,4})\s*(?:[x×*]\s*(\d{1,4})\s*)?$/i.exec(typed)
  if (!match) return undefined
  const height = Number(match[1])
  const width = match[2] === undefined ? height : Number(match[2])
  return height >= min && width >= min ? [height, width] : undefined
}

/** Both numbers one step up or down, not below `min`. */
export function stepPair([height, width]: readonly [number, number], by: number, min: number): [number, number] {
  return [Math.max(min, height + by), Math.max(min, width + by)]
}
