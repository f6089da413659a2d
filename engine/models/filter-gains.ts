import { floatAttribute } from '../onnx/graph.ts'
import { float32Values } from '../onnx/float-values.ts'
import type { GraphFacts } from './graph-facts.ts'
import { type KernelLayer, isConvolution } from './kernel-layers.ts'

/** What the batch normalisation right behind a convolution multiplies each filter by; undefined where there is none. */
export function filterGains({ node, operator, shape }: KernelLayer, facts: GraphFacts): Float64Array | undefined {
  const { constants, links } = facts
  const behind = links.onlyConsumer(node.outputs[0] ?? '')
  if (!isConvolution(operator) || behind?.domain !== '' || behind.opType !== 'BatchNormalization') return undefined
  const [, scale = '', , , variance = ''] = behind.inputs
  if ([scale, variance].some((name) => constants.dims(name)?.join() !== `${shape[0]}`)) return undefined
  if (constants.origin(scale) === undefined || constants.origin(variance) === undefined) return undefined
  const scales = float32Values(constants.tensor(scale))
  const variances = float32Values(constants.tensor(variance))
  const epsilon = floatAttribute(behind, 'epsilon', 1e-5)
  return Float64Array.from(scales, (gain, filter) => gain / Math.sqrt(Math.max(0, variances[filter] ?? 1) + epsilon))
}
