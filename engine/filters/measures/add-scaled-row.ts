import type { Values } from '../statistics/inner-product.ts'

/** target[k] += factor · row[k] for `length` values from each offset. */
export function addScaledRow(
  target: Float64Array,
  offset: number,
  row: Values,
  from: number,
  factor: number,
  length: number,
): void {
  for (let k = 0; k < length; k++) {
    target[offset + k] = (target[offset + k] as number) + factor * (row[from + k] as number)
  }
}
