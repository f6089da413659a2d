import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode } from './rule.ts'

/** The elements of an input of integers, which a message calls `what`; throws NodeRefusal where the graph computes them. */
export function constantIntegers(node: ForwardNode, input: number, what: string): readonly number[] {
  const constant = node.constantInput(input)
  if (constant !== undefined) return Array.from(constant.data as ArrayLike<number | bigint>, Number)
  throw new NodeRefusal(`has ${what} that are computed in the graph; only constant ones can be differentiated.`)
}
