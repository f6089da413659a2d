import { type Dimension, intAttribute } from '../graph.ts'
import { formatDims } from './dimensions.ts'
import type { ShapeContext, ShapeRule } from './shape-context.ts'

const sameShape: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  return [{ dataType, dims }]
}

/** Softmax and its kin: `axis` must exist. */
const alongAxis: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  context.axis(intAttribute(context.node, 'axis', -1), dims.length)
  return [{ dataType, dims }]
}

/** Throws unless input `index` is one number per channel. */
function checkPerChannel(context: ShapeContext, index: number, what: string, channels: Dimension): void {
  const { dims } = context.input(index)
  const [length] = dims
  const clash = typeof length === 'number' && typeof channels === 'number' && length !== channels
  if (dims.length !== 1 || clash) context.fail(`the ${what} has the shape ${formatDims(dims)} instead of [${channels}]`)
}

function channelsOf(context: ShapeContext): Dimension {
  return context.input(0).dims[1] ?? context.fail('the input has no channel axis')
}

/** In training form also the new running mean and variance, [C] each. */
const batchNormalization: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const channels = channelsOf(context)
  for (const [index, what] of ['scale', 'bias', 'mean', 'variance'].entries()) {
    checkPerChannel(context, index + 1, what, channels)
  }
  const output = { dataType, dims }
  if (intAttribute(context.node, 'training_mode', 0) === 0) return [output]
  const running = { dataType: context.input(3).dataType, dims: [channels] }
  return [output, running, running]
}

const instanceNormalization: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  checkPerChannel(context, 1, 'scale', channelsOf(context))
  checkPerChannel(context, 2, 'bias', channelsOf(context))
  return [{ dataType, dims }]
}

/** Also the mean and the inverse deviation, [d0 … d(axis-1), 1 …], in float32 unless stash_type says otherwise. */
const layerNormalization: ShapeRule = (context) => {
  const { dataType, dims } = context.input(0)
  const axis = context.axis(intAttribute(context.node, 'axis', -1), dims.length)
  const statistics = {
    dataType: intAttribute(context.node, 'stash_type', 1) === 1 ? 'float32' : dataType,
    dims: dims.map((size, position) => (position < axis ? size : 1)),
  }
  return [{ dataType, dims }, statistics, statistics]
}

/** The zero point, where given, states the type. */
const quantizeLinear: ShapeRule = (context) => [
  { dataType: context.optionalInput(2)?.dataType ?? 'uint8', dims: context.input(0).dims },
]

const dequantizeLinear: ShapeRule = (context) => [{ dataType: context.input(1).dataType, dims: context.input(0).dims }]

export const normalizationRules: Readonly<Record<string, ShapeRule>> = {
  Softmax: alongAxis,
  LogSoftmax: alongAxis,
  Hardmax: alongAxis,
  LpNormalization: alongAxis,
  LRN: sameShape,
  MeanVarianceNormalization: sameShape,
  GroupNormalization: sameShape,
  BatchNormalization: batchNormalization,
  InstanceNormalization: instanceNormalization,
  LayerNormalization: layerNormalization,
  QuantizeLinear: quantizeLinear,
  DequantizeLinear: dequantizeLinear,
}
