import { type AdviceFindings, adviceCells, adviceHead, adviceLegend } from '../advice-report.ts'
import { escaped } from './html.ts'
import type { InspectedLayer } from './layer-section.ts'

/** Whether each layer has enough filters: a table of its own, since the one of verdicts is wide already. */
export function adviceSection(layers: readonly InspectedLayer[], advice: AdviceFindings): string {
  const head = ['layer', ...adviceHead].map((text) => `<th class="text">${text}</th>`).join('')
  const rows = layers.map(({ layer }, index) => {
    const cells = adviceCells(advice, layer.name).map((text) => `<td class="text">${escaped(text)}</td>`)
    return `<tr><td class="text"><a href="#layer-${index}">${escaped(layer.name)}</a></td>${cells.join('')}</tr>`
  })
  const legend = adviceLegend(advice).map((line) => `<p class="dim note">${escaped(line)}</p>`)
  return `<h2>Enough filters?</h2>
<div class="scroll narrow"><table><thead><tr>${head}</tr></thead><tbody>
${rows.join('\n')}
</tbody></table></div>
${legend.join('\n')}`
}
