import type { CaseInput } from '../../../tests/engine/check-gradient.ts'
import { elementCount } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

testGradients('Where', [
  { title: 'equal shapes', inputs: [condition([2, 3]), { dims: [2, 3] }, { dims: [2, 3] }], smoothness: 'linear' },
  {
    title: 'all three broadcast',
    inputs: [condition([3, 1]), { dims: [2, 1, 4] }, { dims: [] }],
    smoothness: 'linear',
  },
])

function condition(dims: readonly number[]): CaseInput {
  const data = Uint8Array.from({ length: elementCount(dims) }, (_, index) => (index % 3 === 1 ? 0 : 1))
  return { constant: { dataType: 'bool', dims, data } }
}
