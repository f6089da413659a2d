import { randomBytes } from 'node:crypto'

/** 'YYYY-MM-DD-HHMMSS-<architecture>-<4 hex digits>', local time: sorts by age and never meets another run's. */
export function createRunId(architectureName: string, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  const safeName = architectureName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replace(/^-|-$/g, '')
  return [day, time, ...(safeName === '' ? [] : [safeName]), randomBytes(2).toString('hex')].join('-')
}
