import { type Attribute, type Node, stringAttribute } from '../graph.ts'
import { type UpgradeStep, refuse } from './upgrade-step.ts'

/** Resize replaced Upsample in version 10; version 11 can say what it did: pixel (x, y) is read at (x / scale, y / scale). */
export const upsample11: UpgradeStep = {
  opTypes: ['Upsample'],
  version: 11,
  rewrite(node, context) {
    const { scales, height_scale, width_scale } = node.attributes
    const stated =
      height_scale?.kind === 'float' && width_scale?.kind === 'float'
        ? [1, 1, height_scale.value, width_scale.value]
        : scales?.kind === 'floats'
          ? scales.value
          : undefined
    const scalesName = stated === undefined ? node.inputs[1] : context.builder.floats(stated)
    if (scalesName === undefined) return refuse(node, 'it has no scales')
    return [{ ...node, opType: 'Resize', inputs: [node.inputs[0] ?? '', '', scalesName], attributes: asymmetric(node) }]
  },
}

function asymmetric(node: Node): Record<string, Attribute> {
  const mode = stringAttribute(node, 'mode', 'nearest')
  const attributes: Record<string, Attribute> = {
    mode: { kind: 'string', value: mode === 'bilinear' ? 'linear' : mode },
    coordinate_transformation_mode: { kind: 'string', value: 'asymmetric' },
  }
  return mode === 'nearest' ? { ...attributes, nearest_mode: { kind: 'string', value: 'floor' } } : attributes
}
