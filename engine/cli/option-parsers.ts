import { InvalidArgumentError } from 'commander'

/** A whole number from `minimum` to `maximum`, in decimal digits. */
export function integer(minimum: number, maximum: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (value >= minimum && value <= maximum) return value
    throw new InvalidArgumentError(`It must be a whole number from ${minimum} to ${maximum}.`)
  }
}

/** A number above 0 and at most `maximum`, in decimal or scientific notation. */
export function positiveNumber(maximum: number): (text: string) => number {
  return (text) => {
    const value = /^[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
    if (value > 0 && value <= maximum) return value
    throw new InvalidArgumentError(`It must be a number above 0 and at most ${maximum}.`)
  }
}
