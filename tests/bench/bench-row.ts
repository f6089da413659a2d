/** One measured number beside what it is compared with; a ratio above 1 means that ours is better. */
export interface BenchRow {
  readonly name: string
  readonly value: number
  readonly unit: string
  readonly peer: string
  readonly peerValue: number
  readonly ratio: number
}

/** The rows as a table for a terminal. */
export function formatRows(rows: readonly BenchRow[]): string {
  const lines = [
    ['', 'ours', 'compared with', '', 'ratio'],
    ...rows.map(({ name, value, unit, peer, peerValue, ratio }) => [
      name,
      `${shortNumber(value)} ${unit}`,
      peer,
      `${shortNumber(peerValue)} ${unit}`,
      ratio.toFixed(2),
    ]),
  ]
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => (line[column] as string).length)))
  const isNumber = (column: number) => column === 1 || column >= 3
  return lines
    .map((line) =>
      line
        .map((cell, column) => {
          const width = widths[column] as number
          return isNumber(column) ? cell.padStart(width) : cell.padEnd(width)
        })
        .join('  '),
    )
    .join('\n')
}

function shortNumber(value: number): string {
  return value >= 100 ? String(Math.round(value)) : value.toPrecision(3)
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length / 2
  return ((sorted[Math.ceil(middle) - 1] as number) + (sorted[Math.floor(middle)] as number)) / 2
}
