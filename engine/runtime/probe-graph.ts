import { type Graph, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'

const batch = 8
const channels = 64
const size = 32

/**
 * A convolution large enough to tell a graphics processor from a program that imitates one (0.5 · 10⁹ multiplications):
 * `seed` float32 [1,1,1,1] → `mean` float32 [], which is `seed` itself up to rounding. Everything between is computed
 * on the device, so that the time of a run is computing, not copying.
 */
export function buildProbeGraph(): Graph {
  const builder = new GraphBuilder()
  builder.input({ name: 'seed', type: { dataType: 'float32', dims: [1, 1, 1, 1] } })
  const shape = builder.constant('shape', int64Tensor([4], [batch, channels, size, size]))
  const image = builder.op('Expand', ['seed', shape], {}, { name: 'image' })
  const weight = float32Tensor([channels, channels, 3, 3], new Float32Array(channels * channels * 9).fill(1 / 9))
  const sums = builder.op('Conv', [image, builder.constant('weight', weight)], { kernel_shape: [3, 3] })
  const mean = builder.op('ReduceMean', [sums, builder.ints([0, 1, 2, 3])], { keepdims: 0 })
  builder.op('Div', [mean, builder.scalar(channels)], {}, { name: 'mean' })
  builder.output({ name: 'mean', type: { dataType: 'float32', dims: [] } })
  return builder.build('probe')
}
