import type { Sample, Smoothness } from '../../../tests/engine/check-gradient.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

/** Functions of each element alone that have no attributes: where they are evaluated, and how smooth they are there. */
const functions: readonly (readonly [opType: string, sample: Sample, smoothness: Smoothness])[] = [
  ['Abs', 'awayFromZero', 'piecewiseLinear'],
  ['Erf', 'normal', 'smooth'],
  ['Exp', 'normal', 'smooth'],
  ['Identity', 'normal', 'linear'],
  ['Log', 'positive', 'smooth'],
  ['Mish', 'normal', 'smooth'],
  ['Neg', 'normal', 'linear'],
  ['Reciprocal', 'positive', 'smooth'],
  ['Relu', 'awayFromZero', 'piecewiseLinear'],
  ['Sigmoid', 'normal', 'smooth'],
  ['Softplus', 'normal', 'smooth'],
  ['Softsign', 'awayFromZero', 'smooth'],
  ['Sqrt', 'positive', 'smooth'],
  ['Tanh', 'normal', 'smooth'],
]

for (const [opType, sample, smoothness] of functions) {
  testGradients(opType, [
    { title: 'a vector', inputs: [{ dims: [7], sample }], smoothness },
    {
      title: 'a batch of maps of unknown size',
      inputs: [{ dims: [3, 4, 5, 2], sample }],
      smoothness,
      symbolicBatch: true,
    },
  ])
}
