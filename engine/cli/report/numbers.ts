/** The tail of a drawn distribution says no more than that a chance is small. */
export function chance(p: number | null): string {
  if (p === null) return 'not tested'
  return p < 1e-6 ? '< 0.000001' : p.toPrecision(2)
}

/** A share that is not 0 does not look like it. */
export function percent(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %'
  return `${Math.round(100 * share)} %`
}

export function count(value: number): string {
  return value.toLocaleString('en')
}

export function fileSize(bytes: number): string {
  if (bytes < 1e5) return `${(bytes / 1e3).toLocaleString('en', { maximumFractionDigits: 1 })} kB`
  return `${(bytes / 1e6).toLocaleString('en', { maximumFractionDigits: 1 })} MB`
}
