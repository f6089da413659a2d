import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode } from './rule.ts'

/** The elements of an input of integers, which a message calls `what`; throws NodeRefusal where the graph computes them, or they are no whole numbers. */
export function constantIntegers(node: ForwardNode, input: number, what: string): readonly number[] {
  const constant = node.constantInput(input)
  if (constant !== undefined) {
    const values = Array.from(constant.data as ArrayLike<number | bigint>, Number)
    const fraction = values.find((value) => !Number.isSafeInteger(value))
    if (fraction === undefined) return values
    throw new NodeRefusal(`has ${what} with ${fraction} among them; they must be whole numbers.`)
  }
  throw new NodeRefusal(`has ${what} that are computed in the graph; only constant ones can be differentiated.`)
}
