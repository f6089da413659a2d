import type { AttributeInput } from '../../onnx/graph-builder.ts'
import type { Node, Tensor } from '../../onnx/graph.ts'
import type { Surroundings } from './surroundings.ts'

/** The graph around the node a rewrite looks at, and the place where its replacement goes. */
export interface Site extends Surroundings {
  /** Appends an operator and returns its output, named after the node that is replaced. */
  op(opType: string, inputs: readonly string[], attributes?: AttributeInput): string
  /** Appends a ready node. */
  add(node: Node): true
  /** Appends the operator whose output takes the place of the replaced node's first output. */
  replaceBy(opType: string, inputs: readonly string[], attributes?: AttributeInput): true
  /** A free name that starts with that of the replaced node. */
  name(part: string): string
  ints(values: readonly number[]): string
  scalar(value: number): string
  tensor(name: string, value: Tensor): string
  /** Whether the tensor, [N,C,H,W] in the graph, was computed as [C,H,W,N] here. */
  isBatchLast(tensor: string): boolean
  /** The tensor as [C,H,W,N]. */
  batchLast(tensor: string): string
  /** Says that `value`, computed here as [C,H,W,N], takes the place of the replaced node's first output. */
  replaceByBatchLast(value: string): true
  /** The tensor with its axes N C H W (0 1 2 3) in another order. */
  turned(tensor: string, permutation: readonly number[]): string
  /** 1, 2, 3 … over the whole pass. */
  nextNumber(): number
  /** What `make` gave at its first call with this key: work that several rewrites of one pass share. */
  shared<Value>(key: string, make: () => Value): Value
}
