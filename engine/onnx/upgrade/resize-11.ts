import { type Node, stringAttribute } from '../graph.ts'
import { type UpgradeContext, type UpgradeStep, refuse } from './upgrade-step.ts'

/**
 * Version 11 names how pixels are read, and inserts the region of interest before the scales. The first version read
 * pixel x at x / scale, in nearest mode rounded down where it enlarges and up where it shrinks, as ONNX Runtime has it.
 */
export const resize11: UpgradeStep = {
  opTypes: ['Resize'],
  version: 11,
  rewrite(node, context) {
    const [x = '', scales = ''] = node.inputs
    const mode = stringAttribute(node, 'mode', 'nearest')
    const attributes = {
      ...node.attributes,
      coordinate_transformation_mode: { kind: 'string' as const, value: 'asymmetric' },
      ...(mode === 'nearest' && { nearest_mode: { kind: 'string' as const, value: rounding(node, scales, context) } }),
    }
    return [{ ...node, inputs: [x, '', scales], attributes }]
  },
}

function rounding(node: Node, scales: string, context: UpgradeContext): 'floor' | 'ceil' {
  const values = context.type(scales)?.values
  if (values?.every((scale) => typeof scale === 'number' && scale >= 1) === true) return 'floor'
  if (values?.every((scale) => typeof scale === 'number' && scale <= 1) === true) return 'ceil'
  return refuse(
    node,
    'it enlarges one axis and shrinks another, or its scales are not constant: export it with operator set 11 or later',
  )
}
