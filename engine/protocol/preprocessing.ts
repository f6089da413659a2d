import { z } from 'zod'

/** How a picture's pixels, 0–255, become what a model expects: (pixel − mean[c]) / standardDeviation[c], channels in `colourOrder`. */
export const preprocessingSchema = z.object({
  colourOrder: z.enum(['rgb', 'bgr']),
  /** One for each channel, in `colourOrder`. */
  mean: z.array(z.number()).min(1).max(3),
  standardDeviation: z.array(z.number().positive()).min(1).max(3),
})
