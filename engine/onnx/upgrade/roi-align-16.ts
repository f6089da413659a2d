import type { UpgradeStep } from './upgrade-step.ts'

/** Version 16 shifts coordinates by half a pixel unless told otherwise; the first one did not. */
export const roiAlign16: UpgradeStep = {
  opTypes: ['RoiAlign'],
  version: 16,
  rewrite(node) {
    const mode = { kind: 'string' as const, value: 'output_half_pixel' }
    return [{ ...node, attributes: { ...node.attributes, coordinate_transformation_mode: mode } }]
  },
}
