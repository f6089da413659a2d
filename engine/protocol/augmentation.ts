import { z } from 'zod'

/** The largest value of each kind of change; the smallest is 0, which leaves pictures as they are. */
export const mostAugmentation = {
  shift: 512,
  rotation: 180,
  scale: 0.5,
  brightness: 1,
  contrast: 1,
  saturation: 1,
  noise: 1,
  cutout: 1024,
  mixup: 1,
} as const
export type AugmentationAmount = keyof typeof mostAugmentation

const amount = (name: AugmentationAmount) => z.number().min(0).max(mostAugmentation[name]).default(0)
const pixels = (name: AugmentationAmount) => z.number().int().min(0).max(mostAugmentation[name]).default(0)

/** How each training picture is changed at random, anew in every epoch: lengths are pixels, angles degrees. */
export const augmentationSchema = z.strictObject({
  /** Left and right exchanged, every other time. */
  flipHorizontal: z.boolean().default(false),
  /** Top and bottom exchanged, every other time. */
  flipVertical: z.boolean().default(false),
  /** Largest shift in whole pixels along each axis: a crop at random after padding by so many (He et al. 2016). */
  shift: pixels('shift'),
  /** Largest rotation either way. */
  rotation: amount('rotation'),
  /** Largest change of size as a share: 0.2 draws a factor from 0.8 to 1.2. */
  scale: amount('scale'),
  /** Largest change as a share: 0.2 draws a factor from 0.8 to 1.2; the same for contrast and saturation. */
  brightness: amount('brightness'),
  contrast: amount('contrast'),
  saturation: amount('saturation'),
  /** Standard deviation of additive noise, as a share of the full range of values. */
  noise: amount('noise'),
  /** Side of a square that is covered with the mean of the training pictures (DeVries and Taylor 2017). */
  cutout: pixels('cutout'),
  /**
   * Blends each picture and its label with another of the batch, in shares drawn from Beta(mixup, mixup) (Zhang et al.
   * 2018): the larger the number, the more evenly.
   */
  mixup: amount('mixup'),
})
export type Augmentation = z.infer<typeof augmentationSchema>

export const noAugmentation: Augmentation = augmentationSchema.parse({})

/** Whether it changes anything. */
export function changesPictures(augmentation: Augmentation): boolean {
  return Object.values(augmentation).some((value) => value !== false && value !== 0)
}
