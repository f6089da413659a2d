import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { float32Tensor, int64Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

const modes = ['reflect', 'edge'].flatMap((mode) => [
  {
    title: `${mode}, unknown batch`,
    inputs: [{ dims: [2, 2, 4, 5] }, ints(0, 0, 1, 2, 0, 0, 2, 1)],
    attributes: { mode },
    smoothness: 'linear' as const,
    symbolicBatch: true,
  },
  {
    title: `${mode} as wide as it goes, at one end each`,
    inputs: [{ dims: [2, 4, 5] }, ints(3, 0, 0, 4), undefined, ints(-2, 2)],
    attributes: { mode },
    smoothness: 'linear' as const,
  },
])

testGradients('Pad', [
  {
    title: 'zeros, unknown batch',
    inputs: [{ dims: [2, 3, 4] }, ints(0, 1, 2, 0, 0, 3)],
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'a constant on some axes, cutting at one end',
    inputs: [{ dims: [3, 5, 6] }, ints(2, -1, 1, -2), { constant: float32Tensor([], Float32Array.of(3)) }, ints(-1, 1)],
    smoothness: 'linear',
  },
  ...modes,
])

function ints(...values: number[]): CaseInput {
  return { constant: int64Tensor([values.length], values) }
}
