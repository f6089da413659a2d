import { type Node, intAttribute } from '../onnx/graph.ts'
import { type TraceRule, fromFront, integers, withData } from './rule-parts.ts'
import type { TraceContext, TracedValue } from './trace-step.ts'

const arithmetic: ReadonlySet<string> = new Set([
  ...['Gather', 'Slice', 'Concat', 'Squeeze', 'Unsqueeze', 'Identity', 'Cast', 'Reshape', 'Add', 'Sub', 'Mul', 'Div'],
])

/** At which inputs an operator takes sizes as such. */
const shapeInputs: Readonly<Record<string, readonly number[]>> = {
  Reshape: [1],
  Expand: [1],
  ConstantOfShape: [0],
  Tile: [1],
  Resize: [2, 3],
  Slice: [1, 2],
  Pad: [1],
}

/**
 * A shape that is computed of maps follows by itself where their number changes, as long as it is used for shapes. Where
 * it counts in what the network computes, as in a mean that is written out, the number of filters must stay.
 */
export const followSizes: TraceRule = withData((node, data, context) => {
  const rank = context.dims(data.name)?.length ?? 0
  const first = fromFront(intAttribute(node, 'start', 0), rank)
  const last = fromFront(intAttribute(node, 'end', rank), rank)
  if (data.axis < first || data.axis >= last) return {}
  const sizes = new Set(node.outputs)
  for (const reader of context.facts.graph.nodes) {
    const at = reader.inputs.flatMap((name, index) => (sizes.has(name) ? [index] : []))
    if (at.length === 0 || leavesOut(reader, node, data, first, context)) continue
    const taken = reader.domain === '' ? (shapeInputs[reader.opType] ?? []) : []
    if (at.every((index) => taken.includes(index))) continue
    if (!isArithmetic(reader, context)) return { obstacle: 'counts them for more than the shapes of others' }
    for (const name of reader.outputs) sizes.add(name)
  }
  return {}
})

function isArithmetic({ domain, opType, inputs, outputs }: Node, { facts }: TraceContext): boolean {
  if (domain !== '' || !arithmetic.has(opType)) return false
  const isInteger = (name: string) => facts.types.get(name)?.dataType.startsWith('int') === true
  return [...inputs.filter((name) => facts.constants.origin(name) === undefined && name !== ''), ...outputs].every(
    isInteger,
  )
}

/** Picks other sizes than the number of channels right from the shape. */
function leavesOut(reader: Node, shape: Node, { axis }: TracedValue, first: number, { facts }: TraceContext): boolean {
  if (reader.domain !== '' || reader.inputs[0] !== shape.outputs[0]) return false
  const count = Number(facts.types.get(shape.outputs[0] ?? '')?.dims[0] ?? 0)
  const place = axis - first
  const numbers = (input: number) => integers(reader.inputs[input], facts)?.map((one) => fromFront(one, count))
  if (reader.opType === 'Gather') return numbers(1)?.includes(place) === false
  if (reader.opType !== 'Slice' || (reader.inputs[4] ?? '') !== '') return false
  const [start, end] = [numbers(1)?.[0], numbers(2)?.[0]]
  return start !== undefined && end !== undefined && (place < start || place >= end)
}
