import { int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('ReduceMin', [
  { title: 'everything', inputs: [{ dims: [3, 4], sample: 'separated' }], smoothness: 'piecewiseLinear' },
  {
    title: 'axes in any order, dropped',
    inputs: [{ dims: [2, 3, 4, 2], sample: 'separated' }, { constant: int64Tensor([2], [-1, 1]) }],
    attributes: { keepdims: 0 },
    smoothness: 'piecewiseLinear',
  },
  {
    title: 'a kept axis, unknown batch',
    inputs: [{ dims: [2, 3, 4], sample: 'separated' }, { constant: int64Tensor([1], [2]) }],
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  {
    title: 'over an unknown batch',
    inputs: [{ dims: [3, 4, 2], sample: 'separated' }, { constant: int64Tensor([2], [0, 1]) }],
    attributes: { keepdims: 0 },
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  {
    title: 'no axes and no reduction',
    inputs: [{ dims: [2, 3], sample: 'separated' }],
    attributes: { noop_with_empty_axes: 1 },
    smoothness: 'piecewiseLinear',
  },
])
