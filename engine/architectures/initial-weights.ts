import { elementCount, float32Tensor, type Tensor } from '../onnx/graph.ts'
import type { TrainingSettings } from '../protocol/settings.ts'
import type { RandomStream } from '../random/stream.ts'

export type Initializer = TrainingSettings['initializer']

/**
 * Weights of shape `dims` = [out, in, …window], drawn with the variance
 * 2 / fan_in (He et al. 2015) or 2 / (fan_in + fan_out) (Glorot and Bengio 2010).
 */
export function initialWeights(dims: readonly number[], initializer: Initializer, stream: RandomStream): Tensor {
  const [out = 1, ...rest] = dims
  const window = elementCount(rest.slice(1))
  const fanIn = elementCount(rest)
  const fanOut = out * window
  const variance = initializer.startsWith('he') ? 2 / fanIn : 2 / (fanIn + fanOut)
  const isNormal = initializer.endsWith('Normal')
  // A uniform distribution on ±b has the variance b²/3.
  const scale = isNormal ? Math.sqrt(variance) : Math.sqrt(3 * variance)
  const draw = isNormal ? () => stream.normal() : () => 2 * stream.uniform() - 1
  const data = new Float32Array(elementCount(dims))
  for (let index = 0; index < data.length; index++) data[index] = scale * draw()
  return float32Tensor(dims, data)
}
