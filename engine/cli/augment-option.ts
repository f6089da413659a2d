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
const amounts: Readonly<Record<string, AugmentationAmount>> = {
  shift: 'shift',
  rotate: 'rotation',
  scale: 'scale',
  brightness: 'brightness',
  contrast: 'contrast',
  saturation: 'saturation',
  noise: 'noise',
  cutout: 'cutout',
  mixup: 'mixup',
}
const wholePixels: readonly AugmentationAmount[] = ['shift', 'cutout']

/** What `--help` says of `--augment`. */
export const augmentHelp = `changes to training images, drawn anew each time: ${[...Object.keys(flips), ...Object.keys(amounts).map((name) => `${name}=…`)].join(', ')}; for example flip,shift=2,rotate=10`

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
      const amount = amounts[name] as AugmentationAmount
      Object.assign(wanted, { [amount]: readAmount(name, amount, more.length > 0 ? undefined : value) })
    } else {
      const known = [...Object.keys(flips), ...Object.keys(amounts)].join(', ')
      throw new InvalidArgumentError(`“${name}” is none of the changes there are: ${known}.`)
    }
  }
  return augmentationSchema.parse(wanted)
}

function readAmount(name: string, amount: AugmentationAmount, text: string | undefined): number {
  const most = mostAugmentation[amount]
  const isWhole = wholePixels.includes(amount)
  const value = /^\d*\.?\d+$/.test(text ?? '') ? Number(text) : Number.NaN
  if (value <= most && (!isWhole || Number.isInteger(value))) return value
  const kind = isWhole ? 'a whole number of pixels' : 'a number'
  const found = text === undefined || text === '' ? 'it has none' : `“${text}” is not`
  throw new InvalidArgumentError(`“${name}” needs ${kind} from 0 to ${most}, as in ${name}=${most}; ${found}.`)
}
