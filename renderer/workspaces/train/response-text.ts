import type { LayerResponse } from '../../../engine/protocol/preview.ts'
import { doesRespond } from '../../fine-tuning/responses.ts'
import { formatPercent } from '../../i18n/format.ts'
import { text } from '../../i18n/text.ts'
import { weightText } from './weight-text.ts'

/** How a filter responds to the pictures it was shown, in a few words. */
export function responseText(response: LayerResponse, filter: number): string {
  if (!doesRespond(response, filter)) return text('train.wall.silent')
  return text('train.wall.responds', {
    pictures: formatPercent(response.pictures[filter] ?? 0, 0),
    positions: formatPercent(response.positions[filter] ?? 0, 1),
    mean: weightText(response.mean[filter] ?? 0),
    most: weightText(response.maximum[filter] ?? 0),
  })
}
