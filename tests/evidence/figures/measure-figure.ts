import type { Distribution } from '../../../engine/filters/measures/measure.ts'
import { dot, drawing, line, rectangle, round, text } from './svg.ts'

const width = 640
const left = 24
const span = width - 2 * left
const base = 124
const rise = 76

export interface MeasureFigure {
  readonly title: string
  /** What small and large values mean. */
  readonly ends: readonly [small: string, large: string]
  /** Of random weights, for the shape of the filters shown. */
  readonly distribution: Distribution
  readonly born: readonly number[]
  readonly learned: readonly number[]
}

/** What chance makes of a measure, as a density, and where the filters of a layer lie before and after training. */
export function measureFigure({ title, ends, distribution, born, learned }: MeasureFigure): string {
  const curve = densityOf(distribution)
  const values = [...born, ...learned, curve[0]!.value, curve.at(-1)!.value]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const reach = (high - low) * 0.04
  const place = (value: number) => left + (span * (value - low + reach)) / (high - low + 2 * reach)
  // A hill that begins at 0 with a spike is cut off, so that the rest of it can be seen.
  const most = Math.min(...[3 * (curve[curve.length >> 1]?.density ?? 0), Math.max(...curve.map((at) => at.density))])
  const points = curve.map(
    ({ value, density }) => `${round(place(value))} ${round(base - rise * Math.min(1, density / most))}`,
  )
  const first = round(place(curve[0]!.value))
  const last = round(place(curve.at(-1)!.value))
  const [from, to] = [distribution.quantile(0.025), distribution.quantile(0.975)]
  return drawing(width, 204, title, [
    text(left, 20, title, 'bold'),
    `<path class="chance" d="M${first} ${base}L${points.join('L')}L${last} ${base}Z"/>`,
    rectangle(place(from), base, place(to) - place(from), 6, 'band'),
    line(left, base, width - left, base),
    ...ticks(low, high).map((value) =>
      text(place(value), base + 22, `${Number(value.toPrecision(6))}`, 'small dim middle'),
    ),
    ...born.map((value) => dot(place(value), base + 40, 'born')),
    ...learned.map((value) => dot(place(value), base + 56, 'learned')),
    text(left, 198, `← ${ends[0]}`, 'small dim'),
    text(width - left, 198, `${ends[1]} →`, 'small dim end'),
    text(left, 38, 'grey: random weights · rings: at birth · dots: learned', 'small dim'),
  ])
}

/** From the distances between its quantiles, evened out over neighbours. */
function densityOf(distribution: Distribution): { value: number; density: number }[] {
  const steps = 160
  const reach = 8
  const quantile = (step: number) => distribution.quantile(Math.min(0.999, Math.max(0.001, step / steps)))
  return Array.from({ length: steps + 1 }, (_, step) => {
    // As far to one side as to the other, so that the ends do not pull.
    const own = Math.max(1, Math.min(reach, step, steps - step))
    const [before, after] = [Math.max(0, step - own), Math.min(steps, step + own)]
    const distance = Math.max(1e-12, quantile(after) - quantile(before))
    const isEnd = step === 0 || step === steps
    return { value: quantile(step), density: isEnd ? 0 : (after - before) / distance }
  })
}

function ticks(low: number, high: number): number[] {
  const rough = (high - low) / 6
  const unit = 10 ** Math.floor(Math.log10(rough))
  const step = unit * ([1, 2, 5, 10].find((factor) => factor * unit >= rough) ?? 10)
  const from = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - from + 1 }, (_, index) => (from + index) * step)
}
