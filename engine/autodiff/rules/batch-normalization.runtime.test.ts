import { float } from '../../onnx/graph-builder.ts'
import { float32Tensor } from '../../onnx/graph.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'

const running = [
  { constant: float32Tensor([2], Float32Array.of(0.5, -1)) },
  { constant: float32Tensor([2], Float32Array.of(0.7, 2)) },
]

testGradients('BatchNormalization', [
  {
    title: 'inference',
    inputs: [{ dims: [3, 2, 4, 5] }, { dims: [2] }, { dims: [2] }, ...running],
    smoothness: 'linear',
  },
  {
    title: 'inference, unknown batch, no maps',
    inputs: [{ dims: [5, 2] }, { dims: [2] }, { dims: [2] }, ...running],
    attributes: { epsilon: float(0.01) },
    smoothness: 'linear',
    symbolicBatch: true,
  },
  {
    title: 'training',
    inputs: [{ dims: [3, 2, 4, 5] }, { dims: [2] }, { dims: [2] }, ...running],
    attributes: { training_mode: 1, momentum: float(0) },
    outputCount: 3,
    smoothness: 'smooth',
  },
  {
    title: 'training, unknown batch',
    inputs: [{ dims: [4, 2, 3, 3] }, { dims: [2] }, { dims: [2] }, ...running],
    attributes: { training_mode: 1, momentum: float(0), epsilon: float(0.1) },
    outputCount: 3,
    smoothness: 'smooth',
    symbolicBatch: true,
  },
  {
    title: 'training with running statistics',
    inputs: [{ dims: [6, 2, 3] }, { dims: [2] }, { dims: [2] }, ...running],
    attributes: { training_mode: 1 },
    outputCount: 3,
    smoothness: 'smooth',
  },
  {
    title: 'training without maps',
    inputs: [{ dims: [16, 2] }, { dims: [2] }, { dims: [2] }, ...running],
    attributes: { training_mode: 1, momentum: float(0) },
    outputCount: 3,
    smoothness: 'smooth',
  },
])
