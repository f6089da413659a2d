import { Chart, Filler, LinearScale, LineController, LineElement, PointElement } from 'chart.js'
import type { ChartDataset, Plugin } from 'chart.js'
import { KNEE_SHARE } from '../../../../engine/protocol/advice.ts'
import type { AblationCurve } from '../../../../engine/protocol/advice.ts'
import type { Palette } from '../palette.ts'
import { stillPlot } from '../still-plot.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, Filler)

interface Place {
  readonly x: number
  readonly y: number
}

export interface AblationView {
  readonly curves: readonly AblationCurve[]
  /** The one in front. */
  readonly chosen: AblationCurve
  /** How many filters the layer has. */
  readonly filters: number
  /** How many it is to have. */
  readonly wanted: number
  readonly palette: Palette
}

export interface AblationTexts {
  readonly percent: (share: number) => string
  readonly filters: string
}

/** Accuracy against the number of filters kept, with the knee and its range. */
export class AblationChart {
  readonly #chart: Chart<'line', Place[]>
  #view: AblationView

  constructor(canvas: HTMLCanvasElement, view: AblationView, texts: AblationTexts) {
    this.#view = view
    this.#chart = new Chart<'line', Place[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [kneePlugin(() => this.#view)],
      options: {
        ...stillPlot,
        layout: { padding: { top: 6, right: 10 } },
        elements: { line: { tension: 0 } },
        scales: {
          x: {
            type: 'linear',
            min: 0,
            border: { display: false },
            title: { display: true, text: texts.filters },
            ticks: { maxRotation: 0, maxTicksLimit: 6, precision: 0 },
          },
          y: {
            type: 'linear',
            min: 0,
            border: { display: false },
            ticks: { maxTicksLimit: 5, callback: (value) => texts.percent(Number(value)) },
          },
        },
      },
    })
    this.show(view)
  }

  show(view: AblationView): void {
    this.#view = view
    const { palette, filters } = view
    const font = { family: palette.fontFamily, size: 11 }
    const axes = this.#chart.options.scales ?? {}
    for (const axis of [axes['x'], axes['y']]) {
      if (!axis) continue
      axis.grid = { color: palette.grid, tickLength: 4 }
      axis.ticks = { ...axis.ticks, color: palette.textTertiary, font }
    }
    const across = axes['x']
    if (across)
      Object.assign(across, { max: filters, title: { ...titleOf(across), color: palette.textTertiary, font } })
    this.#chart.data.datasets = datasetsOf(view)
    this.#chart.update('none')
  }

  destroy(): void {
    this.#chart.destroy()
  }
}

function titleOf(axis: object): object {
  return 'title' in axis && typeof axis.title === 'object' && axis.title !== null ? axis.title : {}
}

function datasetsOf({ curves, chosen, palette }: AblationView): ChartDataset<'line', Place[]>[] {
  const places = (curve: AblationCurve) => curve.points.map(({ kept, accuracy }) => ({ x: kept, y: accuracy }))
  const others = curves
    .filter((curve) => curve !== chosen)
    .map((curve) => ({
      data: places(curve),
      borderColor: `${palette.textTertiary}66`,
      borderWidth: 1,
      pointRadius: 0,
      order: 2,
    }))
  const radius = chosen.points.length > 24 ? 0 : 2.5
  const own = {
    data: places(chosen),
    borderColor: palette.accent,
    backgroundColor: palette.accent,
    borderWidth: 2,
    pointRadius: radius,
    clip: false as const,
    order: 1,
  }
  return [own, ...others]
}

/** Behind the curves: the range of the knee, the knee, the accuracy it must hold, and the number that is wanted. */
function kneePlugin(viewOf: () => AblationView): Plugin<'line'> {
  return {
    id: 'knee',
    beforeDatasetsDraw(chart) {
      const { chosen, wanted, palette } = viewOf()
      const [x, y] = [chart.scales['x'], chart.scales['y']]
      if (!x || !y) return
      const { ctx, chartArea } = chart
      const at = (kept: number): number => x.getPixelForValue(kept)
      const { kept, low, high } = chosen.knee
      ctx.save()
      ctx.fillStyle = `${palette.accent}26`
      const left = at(low) - 1.5
      ctx.fillRect(left, chartArea.top, at(high) + 1.5 - left, chartArea.bottom - chartArea.top)
      const line = (from: Place, to: Place, colour: string, dash: readonly number[]): void => {
        ctx.beginPath()
        ctx.setLineDash([...dash])
        ctx.moveTo(from.x, from.y)
        ctx.lineTo(to.x, to.y)
        ctx.strokeStyle = colour
        ctx.lineWidth = 1
        ctx.stroke()
      }
      const needed = y.getPixelForValue(KNEE_SHARE * (chosen.points.at(-1)?.accuracy ?? 0))
      line({ x: chartArea.left, y: needed }, { x: chartArea.right, y: needed }, palette.textTertiary, [4, 3])
      const upright = (value: number, colour: string, dash: readonly number[]): void =>
        line({ x: at(value), y: chartArea.top }, { x: at(value), y: chartArea.bottom }, colour, dash)
      upright(kept, palette.accent, [])
      if (wanted <= x.max && wanted !== kept) upright(wanted, palette.text, [2, 2])
      ctx.restore()
    },
  }
}
