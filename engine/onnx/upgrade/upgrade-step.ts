import type { GraphBuilder } from '../graph-builder.ts'
import type { Attribute, Dimension, Node, Tensor } from '../graph.ts'
import { describeNode } from '../graph-edit.ts'
import { ModelError } from '../model-error.ts'
import type { InferredValue } from '../shapes/shape-context.ts'

/** What one version of the operator set changed about some operators. */
export interface UpgradeStep {
  readonly opTypes: readonly string[]
  /** The operator set that brought the change. */
  readonly version: number
  /** The node in the other form, usually one node; the last names of the chain are the outputs of the old one. */
  rewrite(node: Node, context: UpgradeContext): readonly Node[]
}

/** What a step may ask and add beyond its node. */
export interface UpgradeContext {
  /** Takes constants and gives names; nodes are returned, not added. */
  readonly builder: GraphBuilder
  /** Type (and elements, where small and known) of a value made before this node; undefined where it cannot be inferred. */
  type(name: string): InferredValue | undefined
  /** The constant of that name, if it is one. */
  constant(name: string): Tensor | undefined
  /** Whether any node or output of the graph uses the value. */
  isUsed(name: string): boolean
}

/** Attributes but those named. */
export function without(node: Node, ...names: readonly string[]): Readonly<Record<string, Attribute>> {
  return Object.fromEntries(Object.entries(node.attributes).filter(([name]) => !names.includes(name)))
}

/** A node that does a part of what `whole` did; without `outputs` it gets one of its own, named after it. */
export function part(
  context: UpgradeContext,
  whole: Node,
  opType: string,
  inputs: readonly string[],
  attributes: Readonly<Record<string, Attribute>> = {},
  outputs: readonly string[] = [context.builder.uniqueName(`${whole.outputs[0] ?? whole.name}/${opType}`)],
): Node {
  return { opType, domain: '', name: outputs[0] ?? opType, inputs, outputs, attributes }
}

export function firstOutput(node: Node): string {
  return node.outputs[0] ?? ''
}

/** The shape of a value made before this node, as far as it is known. */
export function dimsOf(context: UpgradeContext, name: string): readonly Dimension[] | undefined {
  return context.type(name)?.dims
}

/**
 * A scalar of the element type of the value `like`, and the nodes that make it: older operators took it as a float
 * attribute whatever the type of the tensor.
 */
export function scalarLike(
  context: UpgradeContext,
  node: Node,
  value: number,
  like: string,
): { readonly name: string; readonly nodes: readonly Node[] } {
  const scalar = context.builder.scalar(value)
  if (context.type(like)?.dataType === 'float32') return { name: scalar, nodes: [] }
  const cast = part(context, node, 'CastLike', [scalar, like])
  return { name: firstOutput(cast), nodes: [cast] }
}

export function refuse(node: Node, reason: string): never {
  throw new ModelError(`The node ${describeNode(node)} cannot be read: ${reason}.`)
}
