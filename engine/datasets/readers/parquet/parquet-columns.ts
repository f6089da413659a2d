import { z } from 'zod'
import { basename } from 'node:path'
import { DataError } from '../../dataset.ts'
import type { ParquetColumn, ParquetFile } from './parquet-file.ts'

export interface ChosenColumns {
  readonly image: string
  readonly label: string | undefined
  /** In label order, where the file names its classes. */
  readonly classNames: readonly string[] | undefined
}

/** What Hugging Face's datasets library notes beside a table: https://huggingface.co/docs/datasets/about_dataset_features. */
const featuresSchema = z.object({
  info: z.object({
    features: z.record(
      z.string(),
      z.looseObject({ _type: z.string().optional(), names: z.array(z.string()).optional() }),
    ),
  }),
})
type Features = z.infer<typeof featuresSchema>['info']['features']

const IMAGE_NAMES = /^(images?|imgs?|pictures?|photo|jpe?g|png|webp|bytes)$/i
const PATH_NAMES = /^(images?|imgs?|pictures?|files?|file_?names?|paths?|(image|file)_?paths?)$/i
const LABEL_NAMES = [
  /^labels?$/i,
  /^fine_labels?$/i,
  /^(class|classes|targets?|category|y|cls)$/i,
  /^(class|label)_?(id|name|idx)s?$/i,
]

/** The columns of pictures and labels, by what the file says of them, else by their types and names. Throws DataError. */
export function chooseColumns(file: ParquetFile): ChosenColumns {
  const features = readFeatures(file)
  const image = imageColumn(file.columns, features)
  if (image === undefined) {
    const held = file.columns.map(({ name }) => name)
    const shown = held.slice(0, 8).join(', ') + (held.length > 8 ? ' …' : '')
    throw new DataError(
      `${basename(file.path)} has no column of pictures among ${shown}; one with the bytes or the paths of image files is needed, such as “image”.`,
    )
  }
  const label = labelColumn(
    file.columns.filter(({ name }) => name !== image.name),
    features,
  )
  return { image: image.name, label, classNames: label === undefined ? undefined : features[label]?.names }
}

function readFeatures(file: ParquetFile): Features {
  const note = file.note('huggingface')
  if (note === undefined) return {}
  try {
    const parsed = featuresSchema.safeParse(JSON.parse(note))
    return parsed.success ? parsed.data.info.features : {}
  } catch {
    // A note that is no JSON says nothing; the columns speak for themselves.
    return {}
  }
}

function imageColumn(columns: readonly ParquetColumn[], features: Features): ParquetColumn | undefined {
  const stated = columns.filter(({ name }) => features[name]?._type === 'Image')
  const ofBytes = columns.filter(
    ({ parts, kind }) => parts.includes('bytes') || (parts.length === 0 && kind === 'bytes'),
  )
  const ofPaths = columns.filter(({ kind, name }) => kind === 'text' && PATH_NAMES.test(name))
  for (const candidates of [stated, ofBytes, ofPaths]) {
    const named = candidates.find(({ name }) => IMAGE_NAMES.test(name)) ?? candidates[0]
    if (named !== undefined) return named
  }
  return undefined
}

function labelColumn(columns: readonly ParquetColumn[], features: Features): string | undefined {
  const labels = columns.filter(
    ({ kind }) => kind === 'integer' || kind === 'text' || kind === 'boolean' || kind === 'bytes',
  )
  const stated = labels.filter(({ name }) => features[name]?._type === 'ClassLabel')
  for (const candidates of [stated, labels]) {
    for (const pattern of LABEL_NAMES) {
      const named = candidates.find(({ name }) => pattern.test(name))
      if (named !== undefined) return named.name
    }
  }
  const [only] = stated.length > 0 ? stated : labels
  return stated.length > 0 || labels.length === 1 ? only?.name : undefined
}
