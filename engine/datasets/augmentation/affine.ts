/** Where a pixel (x, y) of the changed picture comes from: (a x + b y + c, d x + e y + f), in pixels of the original. */
export type AffineMap = readonly [a: number, b: number, c: number, d: number, e: number, f: number]

export interface Placement {
  readonly flipX: boolean
  readonly flipY: boolean
  /** Pixels to the right and down. */
  readonly shiftX: number
  readonly shiftY: number
  /** Degrees, counter-clockwise as one sees it. */
  readonly rotation: number
  /** 2 is twice as large. */
  readonly scale: number
}

/**
 * The one map that undoes a flip, then a scaling and a rotation about the middle of the picture, then a shift:
 * p = M⁻¹ (p′ − m − shift) + m, with M = scale · rotation · flip and m the middle.
 */
export function sourceMap(placement: Placement, width: number, height: number): AffineMap {
  const { flipX, flipY, shiftX, shiftY, rotation, scale } = placement
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const angle = (rotation * Math.PI) / 180
  const [cosine, sine] = [Math.cos(angle) / scale, Math.sin(angle) / scale]
  const [signX, signY] = [flipX ? -1 : 1, flipY ? -1 : 1]
  // y grows downwards, so that this is the counter-clockwise rotation's inverse.
  const [a, b, d, e] = [signX * cosine, -signX * sine, signY * sine, signY * cosine]
  const [fromX, fromY] = [middleX + shiftX, middleY + shiftY]
  return [a, b, middleX - a * fromX - b * fromY, d, e, middleY - d * fromX - e * fromY]
}
