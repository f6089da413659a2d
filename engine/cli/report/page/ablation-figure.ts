import type { AblationCurve, WidthAdvice } from '../../../protocol/advice.ts'
import { KNEE_SHARE } from '../../../protocol/advice.ts'
import { bestCurve } from '../advice-report.ts'

const WIDTH = 420
const HEIGHT = 150
/** Room for the numbers beside the axes, in pixels. */
const [LEFT, RIGHT, TOP, BOTTOM] = [44, 12, 10, 34]

/** The curve of what is left while filters of a layer are masked, with its knee; nothing where it was not measured. */
export function ablationFigure(advice: WidthAdvice | undefined): string {
  const curve = advice && bestCurve(advice)
  if (advice?.ablation === undefined || curve === undefined) return ''
  const { measure, pictures, accuracy } = advice.ablation
  const { kept, low, high } = curve.knee
  const range = low === high ? '' : `, ${low} to ${high} on resampled pictures,`
  const held =
    measure === 'accuracy'
      ? `99 % of the right answers; with all, ${(100 * accuracy).toFixed(1)} % of ${pictures} pictures are named right`
      : `99 % of what the whole model says about ${pictures} pictures`
  const { greedy } = advice.ablation
  const isBounded = curve.order === 'greedy' && greedy !== undefined && greedy.from < advice.filters
  const bound = isBounded
    ? ` Down to ${greedy.from} filters it is ${orderWords[greedy.first]} instead, for want of time.`
    : ''
  const sentence = `${kept} of ${advice.filters} filters${range} hold ${held}. Masked first is what is least by ${orderWords[curve.order]}.${bound}`
  return `<figure><figcaption class="dim">${sentence}</figcaption>${plot(curve, advice.filters, accuracy)}</figure>`
}

const orderWords = {
  norm: 'the length of the weights',
  activation: 'the strength of the map',
  taylor: 'the effect on the loss',
  greedy: 'trying each of the least',
} as const

function plot({ points, knee }: AblationCurve, filters: number, accuracy: number): string {
  const x = (kept: number) => (LEFT + ((WIDTH - LEFT - RIGHT) * kept) / filters).toFixed(1)
  const y = (share: number) => (TOP + (HEIGHT - TOP - BOTTOM) * (1 - share)).toFixed(1)
  const bottom = y(0)
  const line = points.map(({ kept, accuracy: left }) => `${x(kept)},${y(left)}`).join(' ')
  const wanted = y(KNEE_SHARE * accuracy)
  return `<svg class="curve" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="Share left by the number of filters kept">
<rect class="band" x="${x(knee.low)}" y="${TOP}" width="${Math.max(2, Number(x(knee.high)) - Number(x(knee.low))).toFixed(1)}" height="${HEIGHT - TOP - BOTTOM}"/>
<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${bottom}" y2="${bottom}"/><line class="needed" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${wanted}" y2="${wanted}"/>
<polyline points="${line}"/><circle cx="${x(knee.kept)}" cy="${y(leftAt(points, knee.kept))}" r="3.5"/>
<text x="${LEFT - 6}" y="${TOP + 5}" text-anchor="end">100 %</text><text x="${LEFT - 6}" y="${Number(bottom) + 4}" text-anchor="end">0 %</text>
<text x="${LEFT}" y="${Number(bottom) + 15}" text-anchor="middle">0</text><text x="${WIDTH - RIGHT}" y="${Number(bottom) + 15}" text-anchor="end">${filters}</text>
<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 4}" text-anchor="middle">filters kept</text></svg>`
}

function leftAt(points: AblationCurve['points'], kept: number): number {
  return points.find((point) => point.kept === kept)?.accuracy ?? 0
}
