import { type Node, elementCount, intAttribute, intsAttribute } from '../onnx/graph.ts'
import { axisAfterReshape } from './axis-moves.ts'
import { type ChannelBlock, isSameLayout, joined } from './channel-layout.ts'
import type { ConstantSlice, TraceContext, TraceStep, TracedValue } from './trace-step.ts'

/** What becomes of the filters of a layer at a node that takes them. */
export type TraceRule = (node: Node, context: TraceContext) => TraceStep

/** The rule of an operator; of one that nothing is known about, that it stands in the way. */
export function findTraceRule({ domain, opType }: Node): TraceRule {
  const own = domain === '' && Object.hasOwn(rules, opType) ? rules[opType] : undefined
  return own ?? stop('may mix the filters in a way that is not known here')
}

function stop(reason: string): TraceRule {
  return () => ({ obstacle: reason })
}

/** The data that a node takes, where only its first input is traced; else the step says why it stops. */
function withData(rule: (node: Node, data: TracedValue, context: TraceContext) => TraceStep): TraceRule {
  return (node, context) => {
    const data = context.traced(node.inputs[0] ?? '')
    const isAlone = node.inputs.slice(1).every((name) => context.traced(name) === undefined)
    return data !== undefined && isAlone ? rule(node, data, context) : { obstacle: 'computes a parameter from them' }
  }
}

function passed(node: Node, data: TracedValue, axis = data.axis, layout = data.layout): TraceStep {
  return { outputs: [{ name: node.outputs[0] ?? '', axis, layout }] }
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
  const axis = (intAttribute(node, 'axis', 0) + rank) % rank
  if (axis !== first.axis) return { obstacle: 'joins maps along another axis' }
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
  return node.opType === 'Reshape' ? { ...step, target: { axis: moved.axis, layout } } : step
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
  const axes = listed.map((axis) => (axis + rank) % rank)
  if (axes.includes(data.axis)) return { obstacle: 'takes all filters together' }
  const dropped = intAttribute(node, 'keepdims', 1) === 1 ? 0 : axes.filter((axis) => axis < data.axis).length
  return passed(node, data, data.axis - dropped)
})

const pad: TraceRule = withData((node, data, { facts, dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const pads = integers(node.inputs[1], facts)
  const isBeside = pads?.length === 2 * rank && pads[data.axis] === 0 && pads[data.axis + rank] === 0
  return isBeside ? passed(node, data) : { obstacle: 'may add channels' }
})

const resize: TraceRule = withData((node, data, { dims }) => {
  const keepsChannels = dims(data.name)?.[data.axis] === dims(node.outputs[0] ?? '')?.[data.axis]
  const asksForSizes = (node.inputs[3] ?? '') !== ''
  return keepsChannels && !asksForSizes ? passed(node, data) : { obstacle: 'asks for a fixed number of channels' }
})

function integers(name: string | undefined, { constants }: TraceContext['facts']): readonly number[] | undefined {
  if (name === undefined || name === '' || constants.origin(name) === undefined) return undefined
  const { data, dims } = constants.tensor(name)
  return elementCount(dims) > 64 ? undefined : Array.from(data as ArrayLike<number | bigint>, Number)
}

const prelu: TraceRule = (node, context) => {
  if (context.traced(node.inputs[1] ?? '') !== undefined) return { obstacle: 'computes its slopes from them' }
  return elementwise(0.25)(node, context)
}

const unary: readonly string[] = [
  ...['Relu', 'LeakyRelu', 'Elu', 'Selu', 'Celu', 'ThresholdedRelu', 'Sigmoid', 'HardSigmoid', 'HardSwish', 'Tanh'],
  ...['Clip', 'Identity', 'Dropout', 'Cast', 'Abs', 'Neg', 'Exp', 'Log', 'Sqrt', 'Erf', 'Gelu', 'Mish', 'Softplus'],
  ...['Softsign', 'Reciprocal', 'Sign', 'Floor', 'Ceil', 'Round'],
]
const pools: readonly string[] = [
  ...['MaxPool', 'AveragePool', 'LpPool', 'GlobalAveragePool', 'GlobalMaxPool', 'GlobalLpPool'],
]
const reductions: readonly string[] = [
  ...['ReduceMean', 'ReduceSum', 'ReduceMax', 'ReduceMin', 'ReduceL1', 'ReduceL2', 'ReduceSumSquare', 'ReduceProd'],
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
  ...forEach(
    ['LRN', 'LayerNormalization', 'GroupNormalization', 'LpNormalization'],
    stop('normalises each filter by others'),
  ),
  BatchNormalization: perChannel([1, 0, 0, 1]),
  InstanceNormalization: perChannel([1, 0]),
  PRelu: prelu,
  Gemm: gemm,
  MatMul: matMul,
  Concat: concat,
  Transpose: transpose,
  Pad: pad,
  Resize: resize,
  // A shape that is computed follows by itself.
  Shape: () => ({}),
}
