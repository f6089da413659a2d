import { elementCount } from '../../onnx/graph.ts'
import type { Rewrite } from './rewrite.ts'

const binary = new Set(['Add', 'Sub', 'Mul', 'Div'])

/** With fewer, the time is that of the call. */
const fewestElements = 1024

/**
 * A tensor and a scalar as a vector and a scalar. The runtime goes along the last axis of the tensor at once: in a 1×1
 * convolution's kernels [F,C,1,1] that is one element at a time, which takes 25 times as long (3.1 ms for 512,000).
 */
export const scalarOnFlat: Rewrite = {
  apply(node, site) {
    const shape = site.knownDims(node.outputs[0] as string)
    if (!binary.has(node.opType) || node.domain !== '' || shape?.at(-1) !== 1) return false
    if (elementCount(shape) < fewestElements) return false
    const sizes = node.inputs.map((input) => site.knownDims(input))
    const isScalar = sizes.map((dims) => dims !== undefined && dims.length <= 1 && elementCount(dims) === 1)
    const isWhole = sizes.map((dims) => dims?.join() === shape.join())
    if (!(isScalar[0] && isWhole[1]) && !(isScalar[1] && isWhole[0])) return false
    const flat = node.inputs.map((input, index) =>
      isScalar[index] ? input : site.op('Reshape', [input, site.ints([-1])]),
    )
    return site.replaceBy('Reshape', [site.op(node.opType, flat), site.ints(shape)])
  },
}
