import { type Node, elementCount } from '../onnx/graph.ts'
import type { TraceContext, TraceStep, TracedValue } from './trace-step.ts'

/** What becomes of the filters of a layer at a node that takes them. */
export type TraceRule = (node: Node, context: TraceContext) => TraceStep

export function stop(reason: string): TraceRule {
  return () => ({ obstacle: reason })
}

/** The data that a node takes, where only its first input is traced; else the step says why it stops. */
export function withData(rule: (node: Node, data: TracedValue, context: TraceContext) => TraceStep): TraceRule {
  return (node, context) => {
    const data = context.traced(node.inputs[0] ?? '')
    const isAlone = node.inputs.slice(1).every((name) => context.traced(name) === undefined)
    return data !== undefined && isAlone ? rule(node, data, context) : { obstacle: 'computes a parameter from them' }
  }
}

export function passed(node: Node, data: TracedValue, axis = data.axis, layout = data.layout): TraceStep {
  return { outputs: [{ name: node.outputs[0] ?? '', axis, layout }] }
}

/** An axis as it is counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}

/** The few numbers of a constant; undefined where there is none, or where it is computed. */
export function integers(
  name: string | undefined,
  { constants }: TraceContext['facts'],
): readonly number[] | undefined {
  if (name === undefined || name === '' || constants.origin(name) === undefined) return undefined
  const { data, dims } = constants.tensor(name)
  return elementCount(dims) > 64 ? undefined : Array.from(data as ArrayLike<number | bigint>, Number)
}
