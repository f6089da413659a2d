import type { LayerResponse } from '../../../engine/protocol/preview.ts'
import { doesRespond } from '../../fine-tuning/responses.ts'
import { formatPercent } from '../../i18n/format.ts'
import { text } from '../../i18n/text.ts'
import { weightText } from './weight-text.ts'

/** How a filter responds to the pictures it was shown, a few words at a time. */
export function responseTexts(response: LayerResponse, filter: number): readonly string[] {
  if (!doesRespond(response, filter)) return [text('train.wall.silent')]
  return [
    text('train.wall.responds', { pictures: formatPercent(response.pictures[filter] ?? 0, 0) }),
    text('train.wall.positions', { positions: formatPercent(response.positions[filter] ?? 0) }),
    text('train.wall.mean', { value: weightText(response.mean[filter] ?? 0) }),
    text('train.wall.most', { value: weightText(response.maximum[filter] ?? 0) }),
  ]
}
