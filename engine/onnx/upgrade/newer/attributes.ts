import type { Attribute, Node } from '../../graph.ts'
import { refuse } from '../upgrade-step.ts'

const anything = (): boolean => true
const isZero = (attribute: Attribute): boolean => attribute.kind === 'int' && attribute.value === 0
const areOnes = (attribute: Attribute): boolean =>
  attribute.kind === 'ints' && attribute.value.every((value) => value === 1)

/** Attributes that came after the internal operator set, with the values that leave an operator's meaning as it is there. */
const newAttributes: Readonly<Record<string, Readonly<Record<string, (attribute: Attribute) => boolean>>>> = {
  AveragePool: { dilations: areOnes },
  // How numbers turn into 8-bit floats, which no graph in memory has.
  Cast: { saturate: anything, round_mode: anything },
  CastLike: { saturate: anything, round_mode: anything },
  QuantizeLinear: { saturate: anything, block_size: isZero, output_dtype: isZero, precision: isZero },
  DequantizeLinear: { block_size: isZero, output_dtype: isZero },
  // The type in which float16 ranges are summed up.
  Range: { stash_type: anything },
}

/** Values that came later for attributes that were there before. */
const newValues: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Pad: { mode: 'wrap' },
  Resize: { coordinate_transformation_mode: 'half_pixel_symmetric' },
}

/** The node without the attributes that came later; throws ModelError where one changes what the node does. */
export function withoutNewAttributes(node: Node): Node {
  const added = newAttributes[node.opType] ?? {}
  for (const [name, attribute] of Object.entries(node.attributes)) {
    const later = newValues[node.opType]?.[name]
    const unknownValue = later !== undefined && attribute.kind === 'string' && attribute.value === later
    if (unknownValue || added[name]?.(attribute) === false) {
      refuse(
        node,
        `its attribute '${name}' is ${written(attribute)}, which needs a later operator set than is supported (18)`,
      )
    }
  }
  const kept = Object.entries(node.attributes).filter(([name]) => added[name] === undefined)
  return { ...node, attributes: Object.fromEntries(kept) }
}

function written(attribute: Attribute): string {
  switch (attribute.kind) {
    case 'int':
    case 'float':
    case 'string':
      return String(attribute.value)
    case 'ints':
    case 'floats':
    case 'strings':
      return `[${attribute.value.join(', ')}]`
    default:
      return `a ${attribute.kind}`
  }
}
