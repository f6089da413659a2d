import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { KNEE_SHARE, type WidthVerdict } from '../../engine/protocol/advice.ts'
import type { WidthRun } from './width-run.ts'

/** All runs on one data set. */
export interface Sweep {
  readonly title: string
  readonly runs: readonly WidthRun[]
}

/** What the seeds of one width gave. */
export interface WidthRow {
  readonly width: number
  /** The mean, of the test pictures. */
  readonly accuracy: number
  /** Over all seeds: how many filters hold 99 % of the accuracy. */
  readonly knees: readonly number[]
  readonly saturation: number
  readonly diversity: number
  readonly verdicts: Readonly<Record<WidthVerdict, number>>
}

export function summarize(runs: readonly WidthRun[]): WidthRow[] {
  const widths = [...new Set(runs.map(({ width }) => width))].sort((one, other) => one - other)
  return widths.map((width) => {
    const own = runs.filter((run) => run.width === width)
    const mean = (of: (run: WidthRun) => number) => own.reduce((sum, run) => sum + of(run), 0) / own.length
    const count = (verdict: WidthVerdict) => own.filter(({ advice }) => advice.verdict === verdict).length
    return {
      width,
      accuracy: mean(({ accuracy }) => accuracy),
      knees: own.map(kneeOf),
      saturation: mean(({ advice }) => advice.saturation?.share ?? Number.NaN),
      diversity: mean(({ advice }) => advice.diversity ?? Number.NaN),
      verdicts: {
        tooFew: count('tooFew'),
        aboutRight: count('aboutRight'),
        tooMany: count('tooMany'),
        unknown: count('unknown'),
      },
    }
  })
}

function kneeOf({ advice: { ablation } }: WidthRun): number {
  return ablation?.curves.find(({ order }) => order === ablation.best)?.knee.kept ?? Number.NaN
}

/** The smallest width whose mean accuracy is 99 % of the best. */
export function accuracyKnee(rows: readonly WidthRow[]): number {
  const best = Math.max(...rows.map(({ accuracy }) => accuracy))
  return rows.find(({ accuracy }) => accuracy >= KNEE_SHARE * best)?.width ?? Number.NaN
}

const verdictTitles = { tooFew: 'too few', aboutRight: 'about right', tooMany: 'too many', unknown: 'cannot tell' }

/** '2 too few, 1 about right' */
export function countVerdicts({ verdicts }: WidthRow): string {
  const names = Object.keys(verdictTitles) as WidthVerdict[]
  const said = names.filter((name) => verdicts[name] > 0)
  return said.map((name) => `${verdicts[name]} ${verdictTitles[name]}`).join(', ')
}

const docs = resolve(import.meta.dirname, '../../resources/docs')
const begin = '<!-- sweep: written by tests/evidence/width-sweep.evidence.ts -->'
const end = '<!-- end of the sweep -->'

/** Puts tables into resources/docs/width-advice.md and the plot beside it. */
export async function writeSweeps(sweeps: readonly Sweep[], steps: number): Promise<void> {
  const path = resolve(docs, 'width-advice.md')
  const text = await readFile(path, 'utf8')
  const [before = '', after = ''] = [text.split(begin)[0], text.split(end)[1]]
  const tables = sweeps.map((sweep) => tableOf(sweep, steps)).join('\n')
  await writeFile(path, `${before}${begin}\n\n${tables}\n${end}${after}`)
  await writeFile(resolve(docs, 'width-advice.svg'), plotOf(sweeps))
}

function tableOf({ title, runs }: Sweep, steps: number): string {
  const rows = summarize(runs)
  const knee = accuracyKnee(rows)
  const lines = rows.map((row) =>
    [
      row.width === knee ? `**${row.width}**` : row.width,
      `${(100 * row.accuracy).toFixed(2)} %`,
      row.knees.join(', '),
      row.saturation.toFixed(2),
      row.diversity.toFixed(2),
      countVerdicts(row),
    ].join(' | '),
  )
  const seeds = new Set(runs.map(({ seed }) => seed)).size
  return [
    `### ${title}, ${steps} steps, ${seeds} seeds`,
    '',
    '| filters | test accuracy | needed for 99 % | output directions / filters | diversity | advice |',
    '| ------- | ------------- | --------------- | --------------------------- | --------- | ------ |',
    ...lines.map((line) => `| ${line} |`),
    '',
    `99 % of the best accuracy from ${knee} filters on.`,
    '',
  ].join('\n')
}

const [WIDTH, HEIGHT] = [360, 260]
const [LEFT, RIGHT, TOP, BOTTOM] = [46, 16, 34, 46]
const colours = { tooFew: '#c2410c', aboutRight: '#64748b', tooMany: '#2563eb', unknown: '#9ca3af' }

/** Accuracy against width on a logarithmic axis, with the share of seeds that each advice had below. */
function plotOf(sweeps: readonly Sweep[]): string {
  const panels = sweeps.map((sweep, index) => `<g transform="translate(${index * WIDTH} 0)">${panelOf(sweep)}</g>`)
  const legend = (Object.keys(colours) as WidthVerdict[]).slice(0, 3).map((name, index) => {
    const x = LEFT + 110 * index
    return `<rect x="${x}" y="${HEIGHT}" width="9" height="9" fill="${colours[name]}"/><text x="${x + 14}" y="${HEIGHT + 9}">${verdictTitles[name]}</text>`
  })
  const size = `width="${WIDTH * sweeps.length}" height="${HEIGHT + 20}"`
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size} font-family="sans-serif" font-size="11" fill="#374151"><rect ${size} fill="#ffffff"/>${panels.join('')}${legend.join('')}</svg>\n`
}

function panelOf({ title, runs }: Sweep): string {
  const rows = summarize(runs)
  const accuracies = runs.map(({ accuracy }) => accuracy)
  const [low, high] = [Math.floor(50 * Math.min(...accuracies)) / 50, Math.ceil(50 * Math.max(...accuracies)) / 50]
  const widest = Math.log2(Math.max(...rows.map(({ width }) => width)))
  const x = (width: number) => LEFT + (Math.log2(width) / widest) * (WIDTH - LEFT - RIGHT)
  const y = (accuracy: number) => TOP + ((high - accuracy) / (high - low)) * (HEIGHT - TOP - BOTTOM)
  const at = (value: number) => value.toFixed(1)
  const line = rows.map(({ width, accuracy }) => `${at(x(width))},${at(y(accuracy))}`).join(' ')
  const dots = runs.map(({ width, accuracy, advice }) => {
    return `<circle cx="${at(x(width))}" cy="${at(y(accuracy))}" r="3" fill="${colours[advice.verdict]}"/>`
  })
  const needed = y(KNEE_SHARE * Math.max(...rows.map(({ accuracy }) => accuracy)))
  const shares = rows.map((row) => {
    let top = HEIGHT - BOTTOM + 18
    return (Object.keys(colours) as WidthVerdict[]).map((name) => {
      const height = (14 * row.verdicts[name]) / Math.max(1, runs.length / rows.length)
      const bar = `<rect x="${at(x(row.width) - 5)}" y="${at(top)}" width="10" height="${at(height)}" fill="${colours[name]}"/>`
      top += height
      return height > 0 ? bar : ''
    })
  })
  const ticks = rows.map(
    ({ width }) =>
      `<text x="${at(x(width))}" y="${HEIGHT - BOTTOM + 12}" text-anchor="middle" font-size="9">${width}</text>`,
  )
  const levels = [low, (low + high) / 2, high].map((level) => {
    return `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(level))}" y2="${at(y(level))}" stroke="#e5e7eb"/><text x="${LEFT - 6}" y="${at(y(level) + 4)}" text-anchor="end">${Math.round(100 * level)} %</text>`
  })
  return [
    `<text x="${LEFT}" y="18" font-weight="bold">${title}: test accuracy by filters in conv1</text>`,
    ...levels,
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(needed)}" y2="${at(needed)}" stroke="#9ca3af" stroke-dasharray="4 3"/>`,
    `<polyline points="${line}" fill="none" stroke="#374151"/>`,
    ...dots,
    ...ticks,
    ...shares.flat(),
  ].join('')
}
