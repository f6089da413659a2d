import type { FilterActivity, LayerActivity } from '../../../protocol/activity.ts'
import type { WidthAdvice } from '../../../protocol/advice.ts'
import type { ModelLayer } from '../../../protocol/models.ts'
import {
  type FilterJudgement,
  type FilterVerdictName,
  type LayerJudgement,
  filterVerdictNames,
} from '../../../protocol/verdicts.ts'
import { chance, percent } from '../numbers.ts'
import { ablationFigure } from './ablation-figure.ts'
import { escaped } from './html.ts'
import type { LayerPictures } from './layer-pictures.ts'
import { layerWords, markOf, verdictWords } from './verdict-marks.ts'

/** A layer with all that is known of it. */
export interface InspectedLayer {
  readonly layer: ModelLayer
  readonly judgement: LayerJudgement
  readonly pictures: LayerPictures
  /** Left out where no pictures were shown to the model, or the layer could not be measured. */
  readonly activity: LayerActivity | undefined
  /** Left out where it was not asked for, or the layer could not be measured. */
  readonly advice: WidthAdvice | undefined
}

/** A part of the page that opens and closes: the pictures of a layer's filters with their verdicts, then their numbers. */
export function layerSection(inspected: InspectedLayer, index: number, isOpen: boolean): string {
  const { layer, judgement, pictures } = inspected
  const { filters } = judgement
  const drawn = filters.slice(0, pictures.images.length)
  const head = [
    `<b>${escaped(layer.name)}</b>`,
    `<span class="dim">${escaped(layer.operator)} ${layer.shape.join('×')}</span>`,
    `<span>${layerWords[judgement.verdict]}</span>`,
    ...countsOf(filters).map(
      ([verdict, count]) => `<span>${markOf(verdict)} ${count} ${verdictWords[verdict].name}</span>`,
    ),
  ].join('')
  return `<details${isOpen ? ' open' : ''}><summary>${head}</summary><div id="layer-${index}">
${hints(judgement)}
${drawn.length === 0 ? '' : `<p class="dim">${escaped(pictures.howDrawn)}</p>`}
<ul class="filters">${drawn.map((filter, row) => picture(filter, pictures.images[row] ?? '')).join('')}</ul>
${folded(filters.slice(drawn.length))}
${numbersTable(inspected, drawn)}
${ablationFigure(inspected.advice)}
</div></details>`
}

/** How many filters have each verdict, those that none has left out. */
export function countsOf(filters: readonly FilterJudgement[]): [FilterVerdictName, number][] {
  return filterVerdictNames.flatMap((name): [FilterVerdictName, number][] => {
    const count = filters.filter(({ verdict }) => verdict === name).length
    return count === 0 ? [] : [[name, count]]
  })
}

function picture(filter: FilterJudgement, address: string): string {
  const sentence = `Filter ${filter.index}: ${nameOf(filter)}`
  return `<li title="${escaped(`${sentence}, p ${chance(filter.p)}`)}"><img src="${address}" alt="${escaped(sentence)}"><span>${markOf(filter.verdict)} ${filter.index}</span></li>`
}

function nameOf({ verdict, duplicateOf }: FilterJudgement): string {
  const { name } = verdictWords[verdict]
  return duplicateOf === undefined ? name : `${name} of ${duplicateOf}`
}

/** What is not drawn is counted. */
function folded(filters: readonly FilterJudgement[]): string {
  if (filters.length === 0) return ''
  const counts = countsOf(filters).map(([verdict, count]) => `${count} ${verdictWords[verdict].name}`)
  return `<p class="folded">${filters.length} more filters are not drawn, to keep this page small: ${counts.join(', ')}.</p>`
}

function hints({ otherAxisOrder, isOrthogonal }: LayerJudgement): string {
  const order = `These weights look random as the file has them, but structured when read as ${otherAxisOrder}: were they exported in another axis order?`
  const orthogonal = 'The filters are more orthogonal than chance, as an orthogonal initialisation leaves them.'
  const sentences = [...(otherAxisOrder === undefined ? [] : [order]), ...(isOrthogonal ? [orthogonal] : [])]
  return sentences.map((sentence) => `<p class="hint">${sentence}</p>`).join('')
}

function numbersTable({ activity }: InspectedLayer, drawn: readonly FilterJudgement[]): string {
  if (drawn.length === 0) return ''
  const activityHead =
    activity === undefined ? '' : '<th>zeros</th><th>selectivity</th><th class="text">class</th><th>its p</th>'
  const rows = drawn.map((filter) => {
    const cells = [`<td>${filter.index}</td>`, `<td class="text">${markOf(filter.verdict)} ${nameOf(filter)}</td>`]
    const chances = [filter.p, filter.q].map((value) => `<td>${chance(value)}</td>`)
    return `<tr>${[...cells, ...chances].join('')}${activityCells(activity, activity?.filters[filter.index])}</tr>`
  })
  return `<details><summary>Numbers of ${drawn.length} filters</summary><div class="scroll"><table>
<thead><tr><th>filter</th><th class="text">verdict</th><th>p</th><th>q</th>${activityHead}</tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div></details>`
}

function activityCells(layer: LayerActivity | undefined, filter: FilterActivity | undefined): string {
  if (layer === undefined) return ''
  if (filter === undefined) return '<td></td><td></td><td></td><td></td>'
  const { zeros, selectivity } = filter
  const share = `<td>${percent(zeros)}</td>`
  if (selectivity === null) return `${share}<td>none</td><td></td><td></td>`
  const { value, className, p } = selectivity
  return `${share}<td>${value.toFixed(2)}</td><td class="text">${escaped(className)}</td><td>${chance(p)}</td>`
}
