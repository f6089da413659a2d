import { stringAttribute } from '../../graph.ts'
import type { UpgradeStep } from '../upgrade-step.ts'

const olderNames: Readonly<Record<string, string>> = { linear: 'bilinear', cubic: 'bicubic' }

/** Version 20 renamed two modes, as it samples volumes too. */
export const gridSample20: UpgradeStep = {
  opTypes: ['GridSample'],
  version: 20,
  rewrite(node) {
    const mode = stringAttribute(node, 'mode', 'linear')
    const value = olderNames[mode] ?? mode
    return [{ ...node, attributes: { ...node.attributes, mode: { kind: 'string', value } } }]
  },
}
