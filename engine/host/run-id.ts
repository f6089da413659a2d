import { randomInt } from 'node:crypto'

const letters = 'abcdefghjkmnpqrstuvwxyz23456789'

/** A folder name that sorts by time and tells what was trained: '2026-11-03-142530-lenet5-x7k2', in local time. */
export function newRunId(architectureName: string, now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`
  const name = architectureName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const random = Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('')
  return [day, time, name || 'network', random].join('-')
}
