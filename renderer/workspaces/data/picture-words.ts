import type { DataSummary } from '../../../engine/protocol/data.ts'
import { text } from '../../i18n/text.ts'
import type { SelectedPicture } from './selected-picture.ts'

/** What a picture of a data set is called: its class and its place, or only its place where nothing says what it shows. */
export function pictureWords(
  summary: DataSummary,
  { label, split, indexInSplit }: Pick<SelectedPicture, 'label' | 'split' | 'indexInSplit'>,
): { readonly title: string; readonly place: string } {
  const index = indexInSplit + 1
  if (summary.unlabelled) return { title: text('data.unlabelled.picture', { index }), place: '' }
  const place = text('data.preview.position', { split: text(`data.split.${split}`), index })
  return { title: summary.classes[label]?.name ?? '', place }
}
