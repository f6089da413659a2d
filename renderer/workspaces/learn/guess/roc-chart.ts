import { Chart, LinearScale, LineController, LineElement, PointElement } from 'chart.js'
import type { ChartDataset, Plugin } from 'chart.js'
import type { RocPoint } from '../../../../engine/protocol/guessing.ts'
import type { Palette } from '../../train/palette.ts'
import { stillPlot } from '../../train/still-plot.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale)

interface Place {
  readonly x: number
  readonly y: number
}

export interface RocView {
  readonly person: readonly RocPoint[]
  readonly verdict: readonly RocPoint[]
  readonly palette: Palette
}

export interface RocTexts {
  readonly percent: (share: number) => string
  readonly falseAlarms: string
  readonly hits: string
}

/** How many trained filters are called learned, against how much of the noise is, at every threshold. */
export class RocChart {
  readonly #chart: Chart<'line', Place[]>
  readonly #texts: RocTexts
  #view: RocView

  constructor(canvas: HTMLCanvasElement, view: RocView, texts: RocTexts) {
    this.#view = view
    this.#texts = texts
    this.#chart = new Chart<'line', Place[]>(canvas, {
      type: 'line',
      data: { datasets: [] },
      plugins: [coinPlugin(() => this.#view.palette)],
      options: {
        ...stillPlot,
        layout: { padding: { top: 8, right: 12 } },
        elements: { line: { tension: 0 } },
        scales: { x: this.#axis(texts.falseAlarms), y: this.#axis(texts.hits) },
      },
    })
    this.show(view)
  }

  show(view: RocView): void {
    this.#view = view
    const { x, y } = this.#chart.options.scales ?? {}
    if (x) Object.assign(x, this.#axis(this.#texts.falseAlarms))
    if (y) Object.assign(y, this.#axis(this.#texts.hits))
    this.#chart.data.datasets = datasetsOf(view)
    this.#chart.update('none')
  }

  destroy(): void {
    this.#chart.destroy()
  }

  #axis(title: string) {
    const { palette } = this.#view
    const font = { family: palette.fontFamily, size: 11 }
    return {
      type: 'linear' as const,
      min: 0,
      max: 1,
      border: { display: false },
      grid: { color: palette.grid, tickLength: 4 },
      title: { display: true, text: title, color: palette.textTertiary, font },
      ticks: {
        stepSize: 0.25,
        maxRotation: 0,
        color: palette.textTertiary,
        font,
        callback: (value: string | number) => this.#texts.percent(Number(value)),
      },
    }
  }
}

function datasetsOf({ person, verdict, palette }: RocView): ChartDataset<'line', Place[]>[] {
  const places = (curve: readonly RocPoint[]) => curve.map(({ falseAlarms, hits }) => ({ x: falseAlarms, y: hits }))
  return [
    {
      data: places(person),
      borderColor: palette.accent,
      backgroundColor: palette.accent,
      borderWidth: 2,
      pointRadius: 3.5,
      clip: false,
    },
    {
      data: places(verdict),
      borderColor: palette.textSecondary,
      backgroundColor: palette.surface,
      borderWidth: 2,
      borderDash: [6, 4],
      pointRadius: 0,
      clip: false,
    },
  ]
}

/** Behind the curves: what a coin comes to, as many hits as false alarms. */
function coinPlugin(paletteOf: () => Palette): Plugin<'line'> {
  return {
    id: 'coin',
    beforeDatasetsDraw({ ctx, chartArea }) {
      ctx.save()
      ctx.beginPath()
      ctx.moveTo(chartArea.left, chartArea.bottom)
      ctx.lineTo(chartArea.right, chartArea.top)
      ctx.strokeStyle = paletteOf().textTertiary
      ctx.setLineDash([2, 3])
      ctx.lineWidth = 1
      ctx.stroke()
      ctx.restore()
    },
  }
}
