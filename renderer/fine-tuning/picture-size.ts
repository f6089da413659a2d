import type { DataSummary } from '../../engine/protocol/data.ts'
import type { ImageInput } from '../../engine/protocol/models.ts'
import type { ImageSize } from '../../engine/protocol/settings.ts'

/** The size pictures are brought to for a model: its own where it has one, else theirs; undefined where they fit as they are. */
export function pictureSizeFor(
  image: ImageInput | undefined,
  data: DataSummary['image'] | undefined,
  fit: ImageSize['fit'],
): ImageSize | undefined {
  if (!image || !data || (image.channels !== 1 && image.channels !== 3)) return undefined
  const { width = data.width, height = data.height, channels } = image
  const isSame = width === data.width && height === data.height && channels === data.channels
  return isSame ? undefined : { width, height, channels: channels === 1 ? 1 : 3, fit }
}
