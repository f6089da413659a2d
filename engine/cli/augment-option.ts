import { InvalidArgumentError } from 'commander'
import {
  type Augmentation,
  type AugmentationAmount,
  augmentationSchema,
  mostAugmentation,
} from '../protocol/augmentation.ts'

const flips: Readonly<Record<string, Partial<Augmentation>>> = {
  flip: { flipHorizontal: true },
  'flip-vertical': { flipVertical: true },
}
interface AmountOption {
  readonly amount: AugmentationAmount
  readonly unit: 'pixels' | 'degrees' | 'share' | 'alpha'
  /** A usual value. */
  readonly example: number
}
const amounts: Readonly<Record<string, AmountOption>> = {
  shift: { amount: 'shift', unit: 'pixels', example: 2 },
  rotate: { amount: 'rotation', unit: 'degrees', example: 10 },
  scale: { amount: 'scale', unit: 'share', example: 0.1 },
  brightness: { amount: 'brightness', unit: 'share', example: 0.2 },
  contrast: { amount: 'contrast', unit: 'share', example: 0.2 },
  saturation: { amount: 'saturation', unit: 'share', example: 0.2 },
  noise: { amount: 'noise', unit: 'share', example: 0.05 },
  cutout: { amount: 'cutout', unit: 'pixels', example: 8 },
  mixup: { amount: 'mixup', unit: 'alpha', example: 0.2 },
}

/** What `--help` says of `--augment`. */
export const augmentHelp = `changes to training images, drawn anew each time: ${[...Object.keys(flips), ...Object.entries(amounts).map(([name, { unit }]) => `${name}=${unit}`)].join(', ')}; for example flip,shift=2,rotate=10`

/** Reads 'flip,shift=2,rotate=10'. Throws InvalidArgumentError with one sentence. */
export function parseAugmentation(text: string): Augmentation {
  const wanted: Partial<Augmentation> = {}
  const seen = new Set<string>()
  for (const part of text.split(',')) {
    const [name = '', value, ...more] = part.trim().split('=')
    if (seen.has(name)) throw new InvalidArgumentError(`“${name}” is given twice.`)
    seen.add(name)
    const flip = Object.hasOwn(flips, name) ? flips[name] : undefined
    if (flip !== undefined && value === undefined) Object.assign(wanted, flip)
    else if (flip !== undefined) throw new InvalidArgumentError(`“${name}” takes no value, but “${part}” gives it one.`)
    else if (Object.hasOwn(amounts, name)) {
      const option = amounts[name] as AmountOption
      // “shift=2=3” is no more a number than “shift” alone.
      const text = more.length > 0 ? [value, ...more].join('=') : value
      Object.assign(wanted, { [option.amount]: readAmount(name, option, text) })
    } else {
      const known = [...Object.keys(flips), ...Object.keys(amounts)].join(', ')
      throw new InvalidArgumentError(`“${name}” is none of the changes there are: ${known}.`)
    }
  }
  return augmentationSchema.parse(wanted)
}

function readAmount(name: string, { amount, unit, example }: AmountOption, text: string | undefined): number {
  const most = mostAugmentation[amount]
  const isWhole = unit === 'pixels'
  const value = /^\d*\.?\d+$/.test(text ?? '') ? Number(text) : Number.NaN
  if (value <= most && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number of pixels' : 'a number'
  const found = text === undefined || text === '' ? 'it has none' : `“${text}” is not`
  throw new InvalidArgumentError(`“${name}” needs ${kind} from 0 to ${most}, as in ${name}=${example}; ${found}.`)
}
