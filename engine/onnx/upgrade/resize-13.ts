import { stringAttribute } from '../graph.ts'
import { type UpgradeStep, refuse } from './upgrade-step.ts'

/** Version 13 leaves out what is not given (an empty tensor stood for it before) and drops one way to read pixels. */
export const resize13: UpgradeStep = {
  opTypes: ['Resize'],
  version: 13,
  rewrite(node, context) {
    const inputs = node.inputs.map((name) => (context.constant(name)?.data.length === 0 ? '' : name))
    while (inputs.at(-1) === '') inputs.pop()
    if (stringAttribute(node, 'coordinate_transformation_mode', '') !== 'tf_half_pixel_for_nn')
      return [{ ...node, inputs }]
    if (stringAttribute(node, 'nearest_mode', '') !== 'floor') {
      return refuse(node, "its coordinate mode 'tf_half_pixel_for_nn' was removed from ONNX")
    }
    // floor((x + 1/2) / s) = floor(u + 1/2) with the half-pixel coordinate u = (x + 1/2) / s - 1/2.
    const attributes = {
      ...node.attributes,
      coordinate_transformation_mode: { kind: 'string' as const, value: 'half_pixel' },
      nearest_mode: { kind: 'string' as const, value: 'round_prefer_ceil' },
    }
    return [{ ...node, inputs, attributes }]
  },
}
