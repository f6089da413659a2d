import { type Augmentation, changesPictures } from '../../protocol/augmentation.ts'
import { fillWithDraws, normalNumbers } from '../../random/normals.ts'
import { type RandomStream, randomStream } from '../../random/stream.ts'
import { DataError } from '../dataset.ts'
import { type Placement, sourceMap } from './affine.ts'
import { type Colouring, recolourPicture, toByte } from './recolour-picture.ts'
import { type PictureSize, warpPicture } from './warp-picture.ts'

/**
 * Changes a picture, uint8 [H,W,C], in place as training sees it at `position` of the batch of `step`: a pure function
 * of seed, step, position and the picture.
 */
export type Augmenter = (pixels: Uint8Array, step: number, position: number) => void

/** What is drawn for one picture. */
interface Draw {
  readonly placement: Placement
  readonly colouring: Colouring
  /** Middle of the covered square, as shares of width and height. */
  readonly coverX: number
  readonly coverY: number
}

/**
 * The changes of single training pictures (all but mixup) of one size whose channels have these `means` (0–1); undefined
 * where nothing is to change. Throws DataError for a shift by more than half of a picture, or a square that covers all of it.
 */
export function createAugmenter(
  augmentation: Augmentation | undefined,
  size: PictureSize,
  means: readonly number[],
  seed: number,
): Augmenter | undefined {
  if (augmentation === undefined || !changesPictures({ ...augmentation, mixup: 0 })) return undefined
  refuseTooMuch(augmentation, size)
  const { width, height, channels } = size
  const { flipHorizontal, flipVertical, shift, rotation, scale } = augmentation
  const moves = flipHorizontal || flipVertical || shift > 0 || rotation > 0 || scale > 0
  const recolours = augmentation.brightness > 0 || augmentation.contrast > 0 || augmentation.saturation > 0
  const cover = means.map((mean) => toByte(255 * mean))
  const original = new Uint8Array(width * height * channels)
  // Rounded beforehand: what is added to whole numbers is rounded the same then as after.
  const noise = Int16Array.from(augmentation.noise > 0 ? normalNumbers() : [], (number) =>
    Math.round(255 * augmentation.noise * number),
  )
  const drawnNoise = new Int16Array(augmentation.noise > 0 ? original.length : 0)
  return (pixels, step, position) => {
    const stream = randomStream(seed, 'augment', step, position)
    const draw = drawChanges(augmentation, stream)
    if (moves) {
      original.set(pixels)
      warpPicture(original, pixels, size, sourceMap(draw.placement, width, height))
    }
    if (recolours) recolourPicture(pixels, channels, draw.colouring)
    if (augmentation.noise > 0) {
      fillWithDraws(drawnNoise, noise, stream)
      add(pixels, drawnNoise)
    }
    if (augmentation.cutout > 0) coverSquare(pixels, size, draw, augmentation.cutout, cover)
  }
}

/** All are drawn whether they are asked for or not, so that one more change does not alter what the others do. */
function drawChanges(augmentation: Augmentation, stream: RandomStream): Draw {
  const around = (middle: number, most: number) => middle + most * (2 * stream.uniform() - 1)
  const isFlipped = (isAllowed: boolean) => stream.uniform() < 0.5 && isAllowed
  const pixels = (most: number) => stream.integer(2 * most + 1) - most
  return {
    placement: {
      flipX: isFlipped(augmentation.flipHorizontal),
      flipY: isFlipped(augmentation.flipVertical),
      shiftX: pixels(augmentation.shift),
      shiftY: pixels(augmentation.shift),
      rotation: around(0, augmentation.rotation),
      scale: around(1, augmentation.scale),
    },
    colouring: {
      brightness: around(1, augmentation.brightness),
      contrast: around(1, augmentation.contrast),
      saturation: around(1, augmentation.saturation),
    },
    coverX: stream.uniform(),
    coverY: stream.uniform(),
  }
}

function add(pixels: Uint8Array, changes: Int16Array): void {
  for (let at = 0; at < pixels.length; at++) {
    const sum = (pixels[at] as number) + (changes[at] as number)
    pixels[at] = sum < 0 ? 0 : sum > 255 ? 255 : sum
  }
}

/** The square's middle lies anywhere in the picture; what of it reaches beyond the border covers nothing. */
function coverSquare(
  pixels: Uint8Array,
  { width, height, channels }: PictureSize,
  { coverX, coverY }: Draw,
  side: number,
  colour: readonly number[],
): void {
  const left = Math.floor(coverX * width) - (side >> 1)
  const top = Math.floor(coverY * height) - (side >> 1)
  const [fromX, toX] = [Math.max(0, left), Math.min(width, left + side)]
  for (let y = Math.max(0, top); y < Math.min(height, top + side); y++) {
    for (let x = fromX; x < toX; x++) {
      const at = (y * width + x) * channels
      for (let channel = 0; channel < channels; channel++) pixels[at + channel] = colour[channel] as number
    }
  }
}

function refuseTooMuch({ shift, cutout }: Augmentation, { width, height }: PictureSize): void {
  const [shorter, picture] = [Math.min(width, height), `pictures of ${width}×${height} pixels`]
  if (shift > shorter / 2) {
    throw new DataError(
      `A shift of up to ${shift} pixels can move most of a picture out of view; for ${picture} allow at most ${Math.floor(shorter / 2)}.`,
    )
  }
  if (cutout >= shorter) {
    throw new DataError(`A cutout of ${cutout} pixels can cover whole ${picture}; make it smaller than ${shorter}.`)
  }
}
