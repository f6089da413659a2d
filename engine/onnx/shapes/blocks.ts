import { type Dimension, intAttribute, intsAttribute } from '../graph.ts'
import { type KnownValue, product, quotient } from './dimensions.ts'
import type { InferredValue, ShapeContext, ShapeRule } from './shape-context.ts'

/** [N, C·b², H, W] → [N, C, H·b, W·b]. */
const depthToSpace: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const block = intAttribute(context.node, 'blocksize', 1)
  const depth = quotient([channels], [block * block])
  if (depth === undefined && typeof channels === 'number') {
    context.fail(`${channels} channels cannot be shared out over blocks of ${block}×${block}`)
  }
  return fourResult(context, [batch, depth, product([height, block]), product([width, block])])
}

/** [N, C, H·b, W·b] → [N, C·b², H, W]. */
const spaceToDepth: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const block = intAttribute(context.node, 'blocksize', 1)
  const down = (size: Dimension): KnownValue => {
    const blocks = quotient([size], [block])
    if (blocks === undefined && typeof size === 'number')
      context.fail(`${size} is not a multiple of the block size ${block}`)
    return blocks
  }
  return fourResult(context, [batch, product([channels, block * block]), down(height), down(width)])
}

function fourAxes(context: ShapeContext): readonly [Dimension, Dimension, Dimension, Dimension] {
  const { dims } = context.input(0)
  if (dims.length !== 4) context.fail('the input needs four axes [N, C, H, W]')
  return dims as unknown as readonly [Dimension, Dimension, Dimension, Dimension]
}

function fourResult(context: ShapeContext, sizes: readonly KnownValue[]): readonly InferredValue[] {
  return [{ dataType: context.input(0).dataType, dims: sizes.map((size, axis) => context.orFresh(size, axis)) }]
}

/** The experimental Crop of early exporters: border [left, top, right, bottom], or a corner and a size. */
const crop: ShapeRule = (context) => {
  const [batch, channels, height, width] = fourAxes(context)
  const [left = 0, top = 0, right = 0, bottom = 0] = intsAttribute(context.node, 'border') ?? []
  const scale = intsAttribute(context.node, 'scale')
  const cut = (size: Dimension, lost: number): KnownValue => (typeof size === 'number' ? size - lost : undefined)
  const sizes = scale === undefined ? [cut(height, top + bottom), cut(width, left + right)] : scale
  return fourResult(context, [batch, channels, ...sizes])
}

/** [N, C·∏block, L] → [N, C, …image]. */
const col2Im: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const image = context.integers(1)
  const block = context.numbers(2)
  if (image === undefined) return []
  const channels = block === undefined ? undefined : quotient([dims[1] as Dimension], block)
  if (block !== undefined && channels === undefined && typeof dims[1] === 'number') {
    context.fail(`${dims[1]} rows are no multiple of a block of ${block.join('×')}`)
  }
  const sizes = [dims[0], channels, ...image]
  return [{ dataType, dims: sizes.map((size, axis) => context.orFresh(size, axis)) }]
}

export const blocksRules: Readonly<Record<string, ShapeRule>> = {
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  Crop: crop,
  Col2Im: col2Im,
}
