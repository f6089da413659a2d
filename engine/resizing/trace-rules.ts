import { type Node, intAttribute, intsAttribute } from '../onnx/graph.ts'
import { axisAfterReshape } from './axis-moves.ts'
import { type ChannelBlock, isSameLayout, joined } from './channel-layout.ts'
import { cuttingRules } from './cutting-rules.ts'
import { followSizes } from './follow-sizes.ts'
import { type TraceRule, fromFront, integers, passed, stop, withData } from './rule-parts.ts'
import type { ConstantSlice, TraceContext, TraceStep, TracedValue } from './trace-step.ts'

/** The rule of an operator; of one that nothing is known about, that it stands in the way. */
export function findTraceRule({ domain, opType }: Node): TraceRule {
  const own = domain === '' && Object.hasOwn(rules, opType) ? rules[opType] : undefined
  return own ?? stop('may mix the filters in a way that is not known here')
}

const alike: TraceRule = withData((node, data) => passed(node, data))

const overSpace: TraceRule = withData((node, data) =>
  data.axis === 1 ? passed(node, data) : { obstacle: 'slides over the axis of the filters' },
)

/** Normalises every channel by itself; `fresh` gives what stands at each input for a new one. */
function perChannel(fresh: readonly number[]): TraceRule {
  return withData((node, data, context) => {
    if (data.axis !== 1) return { obstacle: 'normalises along another axis than that of the filters' }
    const slices = fresh.map((value, index): ConstantSlice => {
      return { node, input: index + 1, axis: 0, layout: data.layout, fresh: value }
    })
    if (!areConstant(slices, context)) return { obstacle: 'takes computed parameters' }
    return { ...passed(node, data), slices }
  })
}

function areConstant(slices: readonly ConstantSlice[], { facts }: TraceContext): boolean {
  return slices.every(({ node, input }) => facts.constants.origin(node.inputs[input]) !== undefined)
}

/** Not along the filters themselves: normalising or choosing among them makes each depend on all. */
const unlessAlong: TraceRule = withData((node, data, { dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const axis = intAttribute(node, 'axis', -1)
  const isAlong = (axis + rank) % rank === data.axis
  return { ...passed(node, data), ...(isAlong && { obstacle: 'weighs all filters against each other' }) }
})

const convolution: TraceRule = withData((node, data, context) => {
  if (data.axis !== 1) return { obstacle: 'slides over the axis of the filters' }
  const weight = context.facts.constants.dims(node.inputs[1] ?? '')
  if (weight === undefined || context.facts.constants.origin(node.inputs[1]) === undefined) {
    return { obstacle: 'computes its weights' }
  }
  const groups = intAttribute(node, 'group', 1)
  const { layout } = data
  const isTransposed = node.opType === 'ConvTranspose'
  if (groups === 1) return readBy(node, data, isTransposed ? 0 : 1)
  const channels = context.dims(data.name)?.[1]
  if (groups !== channels || isTransposed) {
    return { obstacle: `works in ${groups} groups of channels, each of which has to stay as large` }
  }
  const out = joined(layout, 1, (weight[0] as number) / groups)
  const slices: ConstantSlice[] = [{ node, input: 1, axis: 0, layout: out, fresh: 'weights' }]
  if ((node.inputs[2] ?? '') !== '') slices.push({ node, input: 2, axis: 0, layout: out, fresh: 0 })
  if (!areConstant(slices, context)) return { obstacle: 'computes its bias' }
  return { ...passed(node, data, 1, out), slices, groups: layout }
})

/** The weights behind a new filter are zero: nothing changes until they learn. */
function readBy(node: Node, data: TracedValue, axis: number): TraceStep {
  return { readAt: [0], slices: [{ node, input: 1, axis, layout: data.layout, fresh: 0 }] }
}

const gemm: TraceRule = withData((node, data, context) => {
  if (data.axis !== 1 || intAttribute(node, 'transA', 0) === 1) return { obstacle: 'multiplies along another axis' }
  if (context.facts.constants.origin(node.inputs[1]) === undefined) return { obstacle: 'computes its weights' }
  return readBy(node, data, intAttribute(node, 'transB', 0) === 1 ? 1 : 0)
})

const matMul: TraceRule = withData((node, data, { facts, dims }) => {
  const weight = facts.constants.dims(node.inputs[1] ?? '')
  const rank = dims(data.name)?.length ?? 0
  if (facts.constants.origin(node.inputs[1]) === undefined || weight?.length !== 2 || data.axis !== rank - 1) {
    return { obstacle: 'multiplies them with what is no layer of its own' }
  }
  return readBy(node, data, 0)
})

/** `fresh`: what a constant holds for a new filter so that it changes nothing. */
function elementwise(fresh: number): TraceRule {
  return (node, context) => {
    const values = node.inputs.map((name) => context.traced(name))
    const data = values.find((value) => value !== undefined) as TracedValue
    const rank = context.dims(node.outputs[0] ?? '')?.length
    const size = context.dims(data.name)?.[data.axis]
    const ownRank = context.dims(data.name)?.length
    if (rank === undefined || ownRank === undefined) return { obstacle: 'has an unknown shape' }
    // Counted from behind, as broadcasting does.
    const fromEnd = ownRank - data.axis
    const slices: ConstantSlice[] = []
    for (const [input, name] of node.inputs.entries()) {
      const other = values[input]
      const dims = context.facts.constants.dims(name) ?? context.dims(name)
      if (dims === undefined) return { obstacle: 'takes a value of unknown shape' }
      if (other !== undefined) {
        const isInStep = dims.length - other.axis === fromEnd && isSameLayout(other.layout, data.layout)
        if (!isInStep) return { obstacle: 'joins filters of this layer with other ones of it' }
        continue
      }
      const otherSize = dims[dims.length - fromEnd] ?? 1
      if (otherSize === 1) continue
      if (context.facts.constants.origin(name) === undefined || otherSize !== size) {
        const what = node.opType === 'Add' ? 'adds them to as many maps of' : 'combines them with as many maps of'
        return { obstacle: `${what} another branch, which would have to lose the same ones` }
      }
      slices.push({ node, input, axis: dims.length - fromEnd, layout: data.layout, fresh })
    }
    return { ...passed(node, data, rank - fromEnd), slices }
  }
}

const concat: TraceRule = (node, context) => {
  const values = node.inputs.map((name) => context.traced(name))
  const [first] = values.filter((value) => value !== undefined)
  const rank = context.dims(node.outputs[0] ?? '')?.length
  if (first === undefined || rank === undefined) return { obstacle: 'has an unknown shape' }
  const axis = fromFront(intAttribute(node, 'axis', 0), rank)
  if (axis !== first.axis) {
    const isInStep = values.every((value) => value?.axis === first.axis && isSameLayout(value.layout, first.layout))
    return isInStep ? passed(node, first) : { obstacle: 'joins them with maps of other layers along another axis' }
  }
  const blocks: ChannelBlock[] = []
  for (const [input, value] of values.entries()) {
    const count = context.dims(node.inputs[input] ?? '')?.[axis]
    if (typeof count !== 'number') return { obstacle: 'joins a value of unknown size' }
    if (value === undefined) blocks.push({ kind: 'others', count })
    else if (value.axis === axis && value.layout.repeats === 1) blocks.push(...value.layout.blocks)
    else return { obstacle: 'joins maps along another axis' }
  }
  return passed(node, first, axis, { repeats: 1, blocks })
}

const reshape: TraceRule = withData((node, data, context) => {
  const before = context.dims(data.name)
  const after = context.dims(node.outputs[0] ?? '')
  const moved = before && after && axisAfterReshape(before, after, data.axis)
  if (moved === undefined) return { obstacle: 'takes the axis of the filters apart' }
  const layout = joined(data.layout, moved.outer, moved.inner)
  const step = passed(node, data, moved.axis, layout)
  const isAlone = moved.outer * moved.inner === 1
  return node.opType === 'Reshape' ? { ...step, target: { axis: moved.axis, layout, data, isAlone } } : step
})

const transpose: TraceRule = withData((node, data, { dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const order = intsAttribute(node, 'perm') ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis)
  return passed(node, data, order.indexOf(data.axis))
})

const reduce: TraceRule = withData((node, data, { facts, dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const listed = integers(node.inputs[1], facts) ?? intsAttribute(node, 'axes')
  if (listed === undefined) return { obstacle: 'takes all filters together' }
  // Without axes it is all of them, unless it says otherwise.
  if (listed.length === 0 && intAttribute(node, 'noop_with_empty_axes', 0) === 0) {
    return { obstacle: 'takes all filters together' }
  }
  const axes = listed.map((axis) => fromFront(axis, rank))
  if (axes.includes(data.axis)) return { obstacle: 'takes all filters together' }
  const dropped = intAttribute(node, 'keepdims', 1) === 1 ? 0 : axes.filter((axis) => axis < data.axis).length
  return passed(node, data, data.axis - dropped)
})

const resize: TraceRule = withData((node, data, { facts, dims }) => {
  if (dims(data.name)?.[data.axis] !== dims(node.outputs[0] ?? '')?.[data.axis]) {
    return { obstacle: 'makes another number of channels of them' }
  }
  const axes = intsAttribute(node, 'axes')?.map((axis) => fromFront(axis, dims(data.name)?.length ?? 0))
  // What it does along other axes does not matter.
  const at = axes === undefined ? data.axis : axes.indexOf(data.axis)
  if (at < 0) return passed(node, data)
  if ((node.inputs[3] ?? '') !== '') return { obstacle: 'asks for a fixed number of channels' }
  const { constants } = facts
  const scales =
    constants.origin(node.inputs[2]) === undefined ? undefined : constants.tensor(node.inputs[2] ?? '').data
  if (scales !== undefined && Number(scales[at]) !== 1) return { obstacle: 'blends neighbouring channels' }
  return passed(node, data)
})

/** Each output stands for the same elements, so a mask of dropped ones is kept apart by filter as they are. */
const dropout: TraceRule = withData((node, data) => {
  const outputs = node.outputs.filter((name) => name !== '')
  return { outputs: outputs.map((name) => ({ ...data, name })) }
})

const cast: TraceRule = withData((node, data, { facts }) => {
  const isFloat = facts.types.get(node.outputs[0] ?? '')?.dataType === 'float32'
  return isFloat ? passed(node, data) : { obstacle: 'turns them into numbers of another kind' }
})

/** Where the maps are numbers of few bits for nothing but to be measured as such: both have one scale for all filters. */
const quantize: TraceRule = withData((node, data, { facts }) => {
  const hasOneScale = facts.constants.dims(node.inputs[1] ?? '')?.every((size) => size === 1) === true
  if (!hasOneScale) return { obstacle: 'has a scale of its own for each filter, or computes it' }
  const readers = facts.links.consumers(node.outputs[0] ?? '')
  const isTakenBack = readers.every(({ domain, opType }) => domain === '' && opType === 'DequantizeLinear')
  const isLast = node.opType === 'DequantizeLinear'
  return isLast || isTakenBack ? passed(node, data) : { obstacle: 'leads into layers that compute with integers' }
})

const layerNormalization: TraceRule = withData((node, data, { dims }) => {
  const first = fromFront(intAttribute(node, 'axis', -1), dims(data.name)?.length ?? 0)
  return data.axis < first ? passed(node, data) : { obstacle: 'normalises each filter by others' }
})

const prelu: TraceRule = (node, context) => {
  if (context.traced(node.inputs[1] ?? '') !== undefined) return { obstacle: 'computes its slopes from them' }
  return elementwise(0.25)(node, context)
}

const unary: readonly string[] = [
  ...['Relu', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh'],
  ...['Clip', 'Identity', 'Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Gelu', 'Mish', 'Softplus'],
  ...['Softsign', 'Reciprocal', 'Sign', 'Floor', 'Ceil', 'Round'],
]
const pools: readonly string[] = [
  ...['MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'],
]
const reductions: readonly string[] = [
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare'],
]
const rearrangements: readonly string[] = ['Flatten', 'Reshape', 'Squeeze', 'Unsqueeze']

function forEach(operators: readonly string[], rule: TraceRule): Record<string, TraceRule> {
  return Object.fromEntries(operators.map((operator) => [operator, rule]))
}

const rules: Readonly<Record<string, TraceRule>> = {
  ...forEach(unary, alike),
  ...forEach(pools, overSpace),
  ...forEach(reductions, reduce),
  ...forEach(rearrangements, reshape),
  ...forEach(['Add', 'Sub'], elementwise(0)),
  ...forEach(['Mul', 'Div', 'Pow'], elementwise(1)),
  ...forEach(['Max', 'Min', 'Sum', 'Mean'], elementwise(0)),
  ...forEach(['Conv', 'ConvTranspose'], convolution),
  ...forEach(['Softmax', 'LogSoftmax', 'Hardmax'], unlessAlong),
  ...forEach(['LRN', 'GroupNormalization', 'LpNormalization'], stop('normalises each filter by others')),
  BatchNormalization: perChannel([1, 0, 0, 1]),
  InstanceNormalization: perChannel([1, 0]),
  PRelu: prelu,
  Gemm: gemm,
  MatMul: matMul,
  Concat: concat,
  Transpose: transpose,
  ...cuttingRules,
  Resize: resize,
  LayerNormalization: layerNormalization,
  Dropout: dropout,
  Cast: cast,
  QuantizeLinear: quantize,
  DequantizeLinear: quantize,
  Shape: followSizes,
}
