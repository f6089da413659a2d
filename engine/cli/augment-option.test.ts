import { describe, expect, it } from 'vitest'
import { noAugmentation } from '../protocol/augmentation.ts'
import { augmentHelp, parseAugmentation } from './augment-option.ts'

describe('parseAugmentation', () => {
  it('reads flips and amounts in any order', () => {
    expect(parseAugmentation('flip, shift=2,rotate=7.5')).toEqual({
      ...noAugmentation,
      flipHorizontal: true,
      shift: 2,
      rotation: 7.5,
    })
    expect(parseAugmentation('noise=.05,cutout=8,flip-vertical,mixup=0.2')).toEqual({
      ...noAugmentation,
      flipVertical: true,
      noise: 0.05,
      cutout: 8,
      mixup: 0.2,
    })
  })

  it('names what is wrong in one sentence', () => {
    const refusals = {
      '': '“” is none of the changes there are: flip, flip-vertical, shift, rotate, scale, brightness, contrast, saturation, noise, cutout, mixup.',
      'flip,blur=2':
        '“blur” is none of the changes there are: flip, flip-vertical, shift, rotate, scale, brightness, contrast, saturation, noise, cutout, mixup.',
      'flip=2': '“flip” takes no value, but “flip=2” gives it one.',
      shift: '“shift” needs a whole number of pixels from 0 to 512, as in shift=2; it has none.',
      'shift=1.5': '“shift” needs a whole number of pixels from 0 to 512, as in shift=2; “1.5” is not.',
      'rotate=200': '“rotate” needs a number from 0 to 180, as in rotate=10; “200” is not.',
      'scale=-0.1': '“scale” needs a number from 0 to 0.5, as in scale=0.1; “-0.1” is not.',
      'shift=2=3': '“shift” needs a whole number of pixels from 0 to 512, as in shift=2; “2=3” is not.',
      'noise=0.1,noise=0.2': '“noise” is given twice.',
      constructor:
        '“constructor” is none of the changes there are: flip, flip-vertical, shift, rotate, scale, brightness, contrast, saturation, noise, cutout, mixup.',
    }
    for (const [text, sentence] of Object.entries(refusals)) {
      expect(() => parseAugmentation(text), text).toThrow(sentence)
    }
  })

  it('lists every change in the help', () => {
    for (const name of ['flip', 'flip-vertical', 'shift=pixels', 'rotate=degrees', 'mixup=alpha'])
      expect(augmentHelp).toContain(name)
  })
})
