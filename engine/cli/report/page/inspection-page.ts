import type { ModelActivity } from '../../../protocol/activity.ts'
import type { ModelSummary } from '../../../protocol/models.ts'
import { filterVerdictNames } from '../../../protocol/verdicts.ts'
import { chance, count, fileSize, percent } from '../numbers.ts'
import { type Findings, countSelective } from '../verdict-report.ts'
import { adviceSection } from './advice-section.ts'
import { escaped } from './html.ts'
import { type InspectedLayer, countsOf, layerSection } from './layer-section.ts'
import { pageStyle } from './page-style.ts'
import { layerWords, markDefinitions, markOf, verdictWords } from './verdict-marks.ts'

/** Layers that are open when the page is opened. */
const FIRST_OPEN = 1

/** What was found in a model as one HTML file that needs nothing else: no network, no script. */
export function inspectionPage(
  summary: ModelSummary,
  layers: readonly InspectedLayer[],
  { activity, refusals, advice }: Findings,
): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escaped(summary.title)}: are its filters structured?</title>
<style>${pageStyle}</style>
</head>
<body>
${markDefinitions()}
<header>
<h1>${escaped(summary.title)}</h1>
<p class="dim">${escaped(aboutModel(summary))}</p>
<p class="answer">${answer(layers)}</p>
</header>
<h2>What the words mean</h2>
${legend(activity)}
<h2>Layers</h2>
${layersTable(layers, activity)}
${[...refusals].map(([name, why]) => `<p>${escaped(name)} could not be judged: ${escaped(why)}</p>`).join('\n')}
${advice === undefined ? '' : adviceSection(layers, advice)}
<h2>Filters</h2>
${layers.map((layer, index) => layerSection(layer, index, index < FIRST_OPEN)).join('\n')}
</body>
</html>
`
}

function aboutModel({ byteLength, producer, opset, layers, parameters }: ModelSummary): string {
  const parts = [fileSize(byteLength), producer, `operator set ${opset}`]
  return [...parts, `${count(layers.length)} layers with filters`, `${count(parameters)} parameters`]
    .filter((part) => part !== '')
    .join(' · ')
}

function answer(layers: readonly InspectedLayer[]): string {
  const filters = layers.flatMap(({ judgement }) => judgement.filters)
  if (filters.length === 0) return 'It has no filters that can be judged.'
  const parts = countsOf(filters).map(
    ([verdict, of]) =>
      `${markOf(verdict)} ${count(of)} ${verdictWords[verdict].name} (${percent(of / filters.length)})`,
  )
  return `Of ${count(filters.length)} filters ${parts.join(', ')}.`
}

function legend(activity: ModelActivity | undefined): string {
  const words = filterVerdictNames.map((name) => {
    const { name: word, meaning } = verdictWords[name]
    return `<dt>${markOf(name)}${word}</dt><dd>${meaning}</dd>`
  })
  return `<dl>${words.join('')}
<dt>p</dt><dd>How often random weights of the same shape look at least as structured, whatever their scale. q is p among all filters of the layer (Benjamini and Hochberg 1995); a filter is called structured from q ≤ 0.05, a layer as a whole from p ≤ 0.005.</dd>
<dt>still random</dt><dd>π₀: the estimated share of the filters tested that random weights would match (Storey 2002).</dd>
<dt>rank</dt><dd>How many filters of equal weight span as much (Roy and Vetterli 2007), and in brackets as a share of what random filters span.</dd>
${activity === undefined ? '' : activityWords(activity)}
</dl>
<p class="dim" style="margin-top:16px">Structured does not mean useful: a network that learns random labels by heart has structured filters as well (Maennel and others 2020). Random does not mean useless: later layers can learn to combine random filters (Gavrikov and Keuper 2023). Whether a filter is needed shows only when it is taken away.</p>`
}

function activityWords({ pictures, of, title }: ModelActivity): string {
  return `<dt>zeros</dt><dd>On ${count(pictures)} of ${count(of)} training pictures of ${escaped(title)}: the share of positions at which the filter is not above zero, behind its activation. It describes the filter and is no part of the verdict.</dd>
<dt>selectivity</dt><dd>How far the class of the strongest mean response stands out, from 0 to 1, with the share of 500 random labellings that reach as much. Random filters are selective too, so this is no sign of learning (Morcos and others 2018). Counted as selective are filters at p ≤ 0.05.</dd>`
}

function layersTable(layers: readonly InspectedLayer[], activity: ModelActivity | undefined): string {
  const head = ['layer', 'verdict', 'filters']
    .map((text) => `<th class="text">${text}</th>`)
    .concat(['structured', 'p', 'still random', 'rank'].map((text) => `<th>${text}</th>`))
    .concat(activity === undefined ? [] : ['<th>zeros</th><th>selective</th>'])
  return `<div class="scroll"><table><thead><tr>${head.join('')}</tr></thead><tbody>
${layers.map((layer, index) => layerRow(layer, index, activity !== undefined)).join('\n')}
</tbody></table></div>`
}

function layerRow({ layer, judgement, activity }: InspectedLayer, index: number, hasActivity: boolean): string {
  const { filters, verdict, p, pi0, effectiveRank, diversity } = judgement
  const structured = filters.filter((filter) => filter.verdict === 'structured').length
  const rank = effectiveRank === null ? '' : effectiveRank.toFixed(1)
  const share = diversity === null ? '' : ` (${percent(diversity)})`
  return `<tr><td class="text"><a href="#layer-${index}">${escaped(layer.name)}</a><span class="dim">${escaped(layer.operator)} ${layer.shape.join('×')}</span></td>
<td class="text">${layerWords[verdict]}</td>
<td class="text">${bar(judgement.filters)}</td><td>${structured} of ${filters.length}</td><td>${chance(p)}</td>
<td>${pi0 === null ? '' : `${percent(pi0.estimate)} (${percent(pi0.low)} to ${percent(pi0.high)})`}</td>
<td>${rank}${share}</td>${hasActivity ? activityCells(activity) : ''}</tr>`
}

function bar(filters: InspectedLayer['judgement']['filters']): string {
  const counts = countsOf(filters)
  const parts = counts.map(
    ([verdict, of]) => `<i class="${verdict}" style="width:${((100 * of) / filters.length).toFixed(2)}%"></i>`,
  )
  const words = counts.map(([verdict, of]) => `${of} ${verdictWords[verdict].name}`).join(', ')
  return `<div class="bar" role="img" aria-label="${words}" title="${words}">${parts.join('')}</div>`
}

function activityCells(activity: InspectedLayer['activity']): string {
  if (activity === undefined) return '<td>not measured</td><td></td>'
  const { filters } = activity
  const zeros = filters.reduce((sum, filter) => sum + filter.zeros, 0) / filters.length
  const { selective, tested } = countSelective(activity)
  return `<td>${percent(zeros)}</td><td>${selective} of ${tested}</td>`
}
