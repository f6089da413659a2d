/** The room a wall has: CSS pixels, and screen pixels per CSS pixel. */
export interface WallView {
  readonly width: number
  readonly height: number
  readonly density: number
}
