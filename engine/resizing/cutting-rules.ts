import { intAttribute } from '../onnx/graph.ts'
import { type TraceRule, fromFront, integers, passed, withData } from './rule-parts.ts'

/** Where exporters write that a slice goes on to the end. */
const TO_THE_END = 2 ** 31 - 1

const slice: TraceRule = withData((node, data, { facts, dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const starts = integers(node.inputs[1], facts)
  const isListed = (node.inputs[3] ?? '') !== ''
  const counted = starts?.map((_, index) => index)
  const axes = (isListed ? integers(node.inputs[3], facts) : counted)?.map((axis) => fromFront(axis, rank))
  if (axes === undefined) return { obstacle: 'cuts them where that is computed' }
  const at = axes.indexOf(data.axis)
  if (at < 0) return passed(node, data)
  const ends = integers(node.inputs[2], facts)
  const steps = (node.inputs[4] ?? '') === '' ? undefined : (integers(node.inputs[4], facts) ?? [])
  const isWhole = starts?.[at] === 0 && (ends?.[at] ?? 0) >= TO_THE_END && (steps === undefined || steps[at] === 1)
  return isWhole ? passed(node, data) : { obstacle: 'cuts channels out at places that are fixed' }
})

const split: TraceRule = withData((node, data, { dims }) => {
  const axis = fromFront(intAttribute(node, 'axis', 0), dims(data.name)?.length ?? 0)
  if (axis === data.axis) return { obstacle: 'splits the channels at places that are fixed' }
  const outputs = node.outputs.filter((name) => name !== '')
  return { outputs: outputs.map((name) => ({ ...data, name })) }
})

const gather: TraceRule = withData((node, data, { dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const indexRank = dims(node.inputs[1] ?? '')?.length
  const axis = fromFront(intAttribute(node, 'axis', 0), rank)
  if (indexRank === undefined) return { obstacle: 'picks with indices of unknown shape' }
  if (axis === data.axis) return { obstacle: 'picks channels by their numbers' }
  return passed(node, data, axis < data.axis ? data.axis - 1 + indexRank : data.axis)
})

const pad: TraceRule = withData((node, data, { facts, dims }) => {
  const rank = dims(data.name)?.length ?? 0
  const pads = integers(node.inputs[1], facts)
  const isListed = (node.inputs[3] ?? '') !== ''
  const counted = Array.from({ length: rank }, (_, axis) => axis)
  const axes = (isListed ? integers(node.inputs[3], facts) : counted)?.map((axis) => fromFront(axis, rank))
  if (axes === undefined || pads?.length !== 2 * axes.length) return { obstacle: 'may add channels' }
  const at = axes.indexOf(data.axis)
  const isBeside = at < 0 || (pads[at] === 0 && pads[at + axes.length] === 0)
  return isBeside ? passed(node, data) : { obstacle: 'adds channels' }
})

/** Operators that take parts of a tensor, or put something beside it: they pass where that is along other axes. */
export const cuttingRules: Readonly<Record<string, TraceRule>> = {
  Slice: slice,
  Split: split,
  Gather: gather,
  Pad: pad,
}
