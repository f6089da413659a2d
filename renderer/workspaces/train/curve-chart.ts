import { Chart, LinearScale, LineController, LineElement, LogarithmicScale, PointElement } from 'chart.js'
import type { ChartDataset, Plugin } from 'chart.js'
import zoomPlugin from 'chartjs-plugin-zoom'
import type { CurvePoint } from '../../drawing/curve-points.ts'
import type { Palette } from './palette.ts'
import { stillPlot } from './still-plot.ts'

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, zoomPlugin)

export interface StepRange {
  readonly from: number
  readonly to: number
}

export interface CurveData {
  readonly raw: readonly CurvePoint[]
  readonly smoothed: readonly CurvePoint[]
  readonly validation: readonly CurvePoint[]
  readonly test: readonly CurvePoint[]
}

export interface CurveView {
  readonly data: CurveData
  readonly range: StepRange
  readonly stepsPerEpoch: number
  readonly palette: Palette
  /** The moment the timeline is at. */
  readonly position: number
  readonly crosshair: number | undefined
  /** Largest value the axis shows at least; undefined leaves it to the data. */
  readonly suggestedMax: number | undefined
}

export interface CurveTexts {
  /** A value of the vertical axis. */
  readonly tick: (value: number) => string
  readonly epoch: (epoch: number) => string
  readonly step: (step: number) => string
}

export type ValueAxis = 'linear' | 'logarithmic'

type LineChart = Chart<'line', CurvePoint[]>
const MOST_TICKS = 5

/** A plot of one quantity over the steps of a run; `show` redraws it in place, without motion. */
export class CurveChart {
  readonly #chart: LineChart
  #view: CurveView

  constructor(
    canvas: HTMLCanvasElement,
    view: CurveView,
    axis: ValueAxis,
    texts: CurveTexts,
    onZoom: (range: StepRange) => void,
  ) {
    this.#view = view
    const viewOf = (): CurveView => this.#view
    this.#chart = new Chart<'line', CurvePoint[]>(canvas, {
      type: 'line',
      data: { datasets: datasetsOf(view) },
      plugins: [linesPlugin(viewOf)],
      options: {
        // Without events: the crosshair follows the pointer itself, also in the other plot.
        ...stillPlot,
        layout: { padding: { top: 6, right: 12 } },
        elements: { point: { radius: 0 }, line: { tension: 0 } },
        plugins: {
          zoom: {
            zoom: {
              mode: 'x',
              drag: { enabled: true, threshold: 6, backgroundColor: `${view.palette.accent}22` },
              onZoomComplete: ({ chart }) => {
                const { min, max } = chart.scales['x'] ?? { min: 0, max: 0 }
                onZoom({ from: min, to: max })
              },
            },
          },
        },
        scales: {
          x: {
            type: 'linear',
            border: { display: false },
            afterBuildTicks: (axis) => {
              const ticks = epochTicks({ from: axis.min, to: axis.max }, viewOf().stepsPerEpoch)
              if (ticks.length > 0) axis.ticks = ticks.map((value) => ({ value }))
            },
            ticks: {
              maxRotation: 0,
              maxTicksLimit: MOST_TICKS,
              callback: (value) => tickLabel(Number(value), viewOf(), texts),
            },
          },
          y: {
            type: axis,
            beginAtZero: true,
            border: { display: false },
            ticks: { maxTicksLimit: 5, callback: (value) => texts.tick(Number(value)) },
          },
        },
      },
    })
    this.show(view)
  }

  show(view: CurveView): void {
    this.#view = view
    const { palette, range } = view
    const { options } = this.#chart
    const font = { family: palette.fontFamily, size: 11 }
    const axes = options.scales ?? {}
    for (const axis of [axes['x'], axes['y']]) {
      if (!axis) continue
      axis.grid = { color: palette.grid, tickLength: 4 }
      axis.ticks = { ...axis.ticks, color: palette.textTertiary, font }
    }
    Object.assign(axes['x'] ?? {}, { min: range.from, max: range.to })
    Object.assign(axes['y'] ?? {}, view.suggestedMax === undefined ? {} : { suggestedMax: view.suggestedMax })
    const next = datasetsOf(view)
    next.forEach((dataset, index) => {
      const current = this.#chart.data.datasets[index]
      if (current) Object.assign(current, dataset)
    })
    this.#chart.update('none')
  }

  /** Moves the lines over the plot without laying it out again. */
  point(position: number, crosshair: number | undefined): void {
    this.#view = { ...this.#view, position, crosshair }
    this.#chart.draw()
  }

  /** The step at a horizontal place of the canvas (CSS pixels); undefined outside the plot. */
  stepAt(x: number): number | undefined {
    const axis = this.#chart.scales['x']
    if (!axis || x < axis.left || x > axis.right) return undefined
    return Math.round(axis.getValueForPixel(x) ?? 0)
  }

  destroy(): void {
    this.#chart.destroy()
  }
}

function datasetsOf({ data, palette }: CurveView): ChartDataset<'line', CurvePoint[]>[] {
  return [
    { data: [...data.raw], borderColor: `${palette.train}48`, borderWidth: 1, order: 4 },
    { data: [...data.smoothed], borderColor: palette.train, borderWidth: 1.75, order: 3 },
    {
      data: [...data.validation],
      borderColor: palette.validation,
      backgroundColor: palette.surface,
      borderWidth: 1.75,
      borderDash: [5, 3],
      pointRadius: data.validation.length > 40 ? 0 : data.validation.length > 12 ? 2 : 3,
      clip: false,
      order: 2,
    },
    {
      data: [...data.test],
      borderColor: palette.test,
      backgroundColor: palette.test,
      pointStyle: 'rectRot',
      pointRadius: 5,
      clip: false,
      showLine: false,
      order: 1,
    },
  ]
}

/** Ends of epochs inside a range, so few that their names fit; none where less than an epoch is in view. */
export function epochTicks(range: StepRange, stepsPerEpoch: number): number[] {
  if (stepsPerEpoch <= 0) return []
  const epochs = (range.to - range.from) / stepsPerEpoch
  if (epochs < 1) return []
  const stride = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000].find((step) => epochs / step <= MOST_TICKS - 1)
  const spacing = (stride ?? 10_000) * stepsPerEpoch
  const ticks: number[] = []
  for (let step = Math.ceil(range.from / spacing) * spacing; step <= range.to; step += spacing) ticks.push(step)
  return ticks
}

function tickLabel(step: number, { stepsPerEpoch }: CurveView, texts: CurveTexts): string {
  const epoch = step / stepsPerEpoch
  return stepsPerEpoch > 0 && Number.isInteger(epoch) ? texts.epoch(epoch) : texts.step(step)
}

/** The timeline's moment and the crosshair, over the curves. */
function linesPlugin(viewOf: () => CurveView): Plugin<'line'> {
  return {
    id: 'lines',
    afterDatasetsDraw(chart) {
      const { position, crosshair, palette } = viewOf()
      const axis = chart.scales['x']
      if (!axis) return
      const { ctx, chartArea } = chart
      const line = (step: number, colour: string, width: number): void => {
        if (step < axis.min || step > axis.max) return
        const x = Math.round(axis.getPixelForValue(step)) + 0.5
        ctx.save()
        ctx.beginPath()
        ctx.moveTo(x, chartArea.top)
        ctx.lineTo(x, chartArea.bottom)
        ctx.strokeStyle = colour
        ctx.lineWidth = width
        ctx.stroke()
        ctx.restore()
      }
      line(position, palette.accent, 1.5)
      if (crosshair !== undefined) line(crosshair, palette.textTertiary, 1)
    },
  }
}
