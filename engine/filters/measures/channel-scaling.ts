import type { Values } from '../statistics/inner-product.ts'

/**
 * Brings filters [count, channels · size] to unit length after evening out the channels: from 8 filters on, each channel is
 * divided by its root mean square over all filters, so that a strong input does not pass for structure. In place.
 */
export function scaleChannels(rows: Values, count: number, channels: number, size: number): void {
  const length = channels * size
  scaleRows(rows, count, length)
  if (count < 8 || channels === 1) return
  const factors = channelEnergies(rows, count, channels, size)
  for (let channel = 0; channel < channels; channel++) {
    factors[channel] = 1 / Math.sqrt((factors[channel] as number) / (count * size) + 1e-30)
  }
  for (let start = 0; start < count * length; start += length) {
    for (let channel = 0, k = start; channel < channels; channel++) {
      const factor = factors[channel] as number
      for (const end = k + size; k < end; k++) rows[k] = (rows[k] as number) * factor
    }
  }
  scaleRows(rows, count, length)
}

function channelEnergies(rows: Values, count: number, channels: number, size: number): Float64Array {
  const energies = new Float64Array(channels)
  for (let row = 0, k = 0; row < count; row++) {
    for (let channel = 0; channel < channels; channel++) {
      let square = 0
      for (const end = k + size; k < end; k++) square += (rows[k] as number) ** 2
      energies[channel] = (energies[channel] as number) + square
    }
  }
  return energies
}

/** Brings every row to unit length, in place; a row of zeros stays one. */
export function scaleRows(rows: Values, count: number, length: number): void {
  for (let row = 0; row < count; row++) {
    const offset = row * length
    let square = 0
    for (let k = offset; k < offset + length; k++) square += (rows[k] as number) ** 2
    if (square === 0) continue
    const factor = 1 / Math.sqrt(square)
    for (let k = offset; k < offset + length; k++) rows[k] = (rows[k] as number) * factor
  }
}
