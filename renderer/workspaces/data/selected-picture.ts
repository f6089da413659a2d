import type { SplitName, Thumbnails } from '../../../engine/protocol/data.ts'

/** A picture of the data set that was clicked. */
export interface SelectedPicture {
  readonly split: SplitName
  readonly indexInSplit: number
  readonly label: number
  readonly page: Thumbnails
  readonly offset: number
}
