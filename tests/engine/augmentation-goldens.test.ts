import { describe, expect, it } from 'vitest'
import { type Placement, sourceMap } from '../../engine/datasets/augmentation/affine.ts'
import { type PictureSize, warpPicture } from '../../engine/datasets/augmentation/warp-picture.ts'
import { readGolden } from './goldens/read-golden.ts'

interface WarpedPicture {
  readonly size: PictureSize
  readonly placement: Placement
  readonly pixels: readonly number[]
  readonly expected: readonly number[]
}

describe('pictures that are flipped, enlarged, turned and shifted, against PyTorch', () => {
  it.each(readGolden<WarpedPicture[]>('warped-pictures.json'))(
    '$size.width×$size.height×$size.channels by $placement',
    ({ size, placement, pixels, expected }) => {
      const target = new Uint8Array(pixels.length)
      warpPicture(Uint8Array.from(pixels), target, size, sourceMap(placement, size.width, size.height))
      // Half a grey value is the rounding; shares of a pixel are counted in 1/256, which is at most another one.
      const most = placement.rotation === 0 && placement.scale === 1 ? 0 : 1.5
      for (const [at, value] of expected.entries()) {
        expect(Math.abs((target[at] as number) - value), `value ${at}`).toBeLessThanOrEqual(most)
      }
    },
  )
})
