import { type Dimension, intAttribute, intsAttribute } from '../graph.ts'
import { type KnownValue, formatDims } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'
import { readWindows, slide } from './windows.ts'

/** X [N,C,…], W [M,C/group,…] → [N,M,…]. */
const conv: ShapeRule = (context) => {
  const dataType = context.commonDataType(context.has(2) ? [0, 1, 2] : [0, 1])
  return [{ dataType, dims: convolved(context) }]
}

/** As Conv over 8-bit integers; the result is int32. */
const convInteger: ShapeRule = (context) => [{ dataType: 'int32', dims: convolved(context) }]

function convolved(context: ShapeContext): readonly Dimension[] {
  const [batch, channels, ...sizes] = spatialInput(context)
  const weights = context.input(1).dims
  const [outChannels, channelsPerGroup] = weights
  const group = intAttribute(context.node, 'group', 1)
  if (typeof channels === 'number' && typeof channelsPerGroup === 'number' && channels !== channelsPerGroup * group) {
    context.fail(
      `the weights are for ${channelsPerGroup * group} channels (group ${group}) but the input has ${channels}`,
    )
  }
  if (typeof outChannels === 'number') {
    if (outChannels % group !== 0) context.fail(`${outChannels} filters cannot be shared out among ${group} groups`)
    checkBias(context, outChannels)
  }
  const kernel = kernelShape(context, weights.slice(2))
  const windows = kernel === undefined ? undefined : slide(context, sizes, readWindows(context, kernel))
  return [batch, outChannels as Dimension, ...sizes.map((_, axis) => context.orFresh(windows?.[axis], axis + 2))]
}

function spatialInput(context: ShapeContext): readonly [Dimension, Dimension, ...Dimension[]] {
  const { dims } = context.input(0)
  const weights = context.input(1).dims
  if (dims.length < 3) context.fail('the input needs a batch, a channel and at least one spatial axis')
  if (weights.length !== dims.length)
    context.fail(`the weights have ${weights.length} axes and the input ${dims.length}`)
  return dims as unknown as readonly [Dimension, Dimension, ...Dimension[]]
}

function checkBias(context: ShapeContext, outChannels: number): void {
  const bias = context.node.opType === 'ConvInteger' ? undefined : context.optionalInput(2)?.dims
  if (bias === undefined) return
  if (bias.length !== 1 || (typeof bias[0] === 'number' && bias[0] !== outChannels)) {
    context.fail(`the bias has the shape ${formatDims(bias)} instead of [${outChannels}]`)
  }
}

/** The kernel's extent from the weights, which `kernel_shape` must not contradict; undefined where neither is known. */
function kernelShape(context: ShapeContext, weightSizes: readonly Dimension[]): readonly number[] | undefined {
  const stated = intsAttribute(context.node, 'kernel_shape')
  if (!weightSizes.every((size) => typeof size === 'number')) return stated
  if (stated !== undefined && stated.join() !== weightSizes.join()) {
    context.fail(`'kernel_shape' is [${stated.join(', ')}] but the weights are ${weightSizes.join('×')}`)
  }
  return weightSizes
}

/** X [N,C,…], W [C,M/group,…] → [N,M,…], each size S(W-1) + output_padding + (F-1)D + 1 - begin - end. */
const convTranspose: ShapeRule = (context) => {
  const dataType = context.commonDataType(context.has(2) ? [0, 1, 2] : [0, 1])
  const [batch, channels, ...sizes] = spatialInput(context)
  const [inChannels, outChannelsPerGroup, ...weightSizes] = context.input(1).dims
  if (typeof channels === 'number' && typeof inChannels === 'number' && channels !== inChannels) {
    context.fail(`the weights take ${inChannels} channels but the input has ${channels}`)
  }
  const group = intAttribute(context.node, 'group', 1)
  const outChannels = typeof outChannelsPerGroup === 'number' ? outChannelsPerGroup * group : undefined
  if (outChannels !== undefined) checkBias(context, outChannels)
  const kernel = kernelShape(context, weightSizes)
  const stretched = kernel === undefined ? [] : stretch(context, sizes, kernel)
  const spatial = sizes.map((_, axis) => context.orFresh(stretched[axis], axis + 2))
  return [{ dataType, dims: [batch, context.orFresh(outChannels, 1), ...spatial] }]
}

function stretch(context: ShapeContext, sizes: readonly Dimension[], kernel: readonly number[]): readonly KnownValue[] {
  const wanted = intsAttribute(context.node, 'output_shape')
  if (wanted !== undefined) return wanted.slice(-sizes.length)
  const windows = readWindows(context, kernel)
  const extra = intsAttribute(context.node, 'output_padding') ?? sizes.map(() => 0)
  return sizes.map((size, axis) => {
    const stride = windows.strides[axis] as number
    const same = windows.autoPad.startsWith('SAME')
    if (typeof size === 'string') return same && stride === 1 ? size : undefined
    if (same) return size * stride
    const extent = ((kernel[axis] as number) - 1) * (windows.dilations[axis] as number) + 1
    const pads = (windows.padsBegin[axis] as number) + (windows.padsEnd[axis] as number)
    const result = stride * (size - 1) + (extra[axis] ?? 0) + extent - pads
    if (result < 1) context.fail(`spatial axis ${axis} would come out as ${result}`)
    return result
  })
}

export const convolutionRules: Readonly<Record<string, ShapeRule>> = {
  Conv: conv,
  ConvInteger: convInteger,
  ConvTranspose: convTranspose,
}
