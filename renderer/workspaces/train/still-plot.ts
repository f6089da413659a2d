import type { ChartOptions } from 'chart.js'

/** Options of plots that are drawn at once in the room they have, of points as they are, and leave the pointer alone. */
export const stillPlot = {
  animation: false,
  parsing: false,
  normalized: true,
  responsive: true,
  maintainAspectRatio: false,
  events: [],
} satisfies ChartOptions<'line'>
