import { float } from '../../onnx/graph-builder.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

for (const opType of ['Celu', 'Elu']) {
  testGradients(opType, [
    {
      title: 'a vector',
      inputs: [{ dims: [7], sample: 'awayFromZero' }],
      attributes: { alpha: float(0.7) },
      smoothness: 'smooth',
    },
    {
      title: 'a batch of maps of unknown size, the usual constants',
      inputs: [{ dims: [3, 4, 5, 2], sample: 'awayFromZero' }],
      smoothness: 'smooth',
      symbolicBatch: true,
    },
  ])
}
