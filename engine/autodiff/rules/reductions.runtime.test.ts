import type { Sample, Smoothness } from '../../../tests/engine/check-gradient.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'
import { int64Tensor } from '../../onnx/graph.ts'

const reductions: readonly (readonly [opType: string, sample: Sample, smoothness: Smoothness])[] = [
  ['ReduceMean', 'normal', 'linear'],
  ['ReduceSum', 'normal', 'linear'],
  ['ReduceL1', 'awayFromZero', 'piecewiseLinear'],
  ['ReduceL2', 'awayFromZero', 'smooth'],
  ['ReduceLogSum', 'positive', 'smooth'],
  ['ReduceLogSumExp', 'normal', 'smooth'],
  ['ReduceMax', 'separated', 'piecewiseLinear'],
  ['ReduceMin', 'separated', 'piecewiseLinear'],
  ['ReduceProd', 'positive', 'smooth'],
  ['ReduceSumSquare', 'normal', 'smooth'],
]

for (const [opType, sample, smoothness] of reductions) {
  testGradients(opType, [
    {
      title: 'everything, dropping the axes',
      inputs: [{ dims: [3, 4], sample }],
      attributes: { keepdims: 0 },
      smoothness,
    },

    { title: 'everything', inputs: [{ dims: [3, 4], sample }], smoothness },
    {
      title: 'axes in any order, dropped',
      inputs: [{ dims: [2, 3, 4, 2], sample }, { constant: int64Tensor([2], [-1, 1]) }],
      attributes: { keepdims: 0 },
      smoothness,
    },
    {
      title: 'a kept axis, unknown batch',
      inputs: [{ dims: [2, 3, 4], sample }, { constant: int64Tensor([1], [2]) }],
      smoothness,
      symbolicBatch: true,
    },
    {
      title: 'over an unknown batch',
      inputs: [{ dims: [3, 4, 2], sample }, { constant: int64Tensor([2], [0, 1]) }],
      attributes: { keepdims: 0 },
      smoothness,
      symbolicBatch: true,
    },
    {
      title: 'no axes and no reduction',
      inputs: [{ dims: [2, 3], sample }],
      attributes: { noop_with_empty_axes: 1 },
      smoothness,
    },
  ])
}
