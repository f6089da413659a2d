import type { AttributeInput } from '../onnx/graph-builder.ts'
import type { Dimension, Tensor } from '../onnx/graph.ts'

/** The operator being differentiated, as a rule sees it. Indices count the operator's inputs and outputs from 0. */
export interface ForwardNode {
  readonly opType: string
  readonly inputCount: number
  readonly outputCount: number
  /** Whether the optional input `index` is there. */
  hasInput(index: number): boolean
  /** Whether somebody needs the gradient of input `index`. */
  wants(index: number): boolean
  /** Name of a forward tensor the rule declared in `keeps`. */
  input(index: number): string
  /** Name of a forward output declared in `keeps`; an optional output the operator lacks is added to it. */
  output(index: number): string
  /** Whether output `index` has a gradient: one that nothing uses has none. Output 0 of a node with one output always does. */
  hasOutputGradient(index: number): boolean
  /** Name of the gradient of output `index`, of the same shape as that output. */
  outputGradient(index: number): string
  /** Shape of input `index`; throws NodeRefusal where shape inference does not know it. */
  inputDims(index: number): readonly Dimension[]
  outputDims(index: number): readonly Dimension[]
  /** Value of an input that is a constant of the graph (axes, ratios); undefined where it is computed or absent. */
  constantInput(index: number): Tensor | undefined
  int(attribute: string, fallback: number): number
  float(attribute: string, fallback: number): number
  string(attribute: string, fallback: string): string
  ints(attribute: string): readonly number[] | undefined
}

/**
 * The vocabulary a rule writes its gradient in. Every operator is a standard one of the internal operator set and is
 * named `<forward node>/grad/<label>`, so that a rule's nodes can be found by their prefix in any ONNX viewer.
 */
export interface Emitter {
  /** Appends an operator, returns its first output; `label` is the operator's name unless told. */
  op(opType: string, inputs: readonly string[], attributes?: AttributeInput, label?: string): string
  /** float32 constant of shape []. */
  scalar(value: number): string
  /** int64 constant of shape []. */
  int(value: number): string
  /** int64 constant of shape [values.length]. */
  ints(values: readonly number[]): string
  /** Constant of any type and shape. */
  constant(label: string, value: Tensor): string
  /** float32 constant of any shape. */
  tensor(label: string, dims: readonly number[], data: Float32Array): string
  /** The shape of the forward node's input `index` as int64 vector: a constant where it is known, else read at run time. */
  shapeOfInput(index: number): string
  /** Number of elements of the forward node's input `index` as int64 [1]: a constant where it is known. */
  elementCountOfInput(index: number): string
  /** `value` with the same elements in another shape; at most one size may be a name. */
  reshape(value: string, dims: readonly Dimension[], label?: string): string
  /** `value` of shape `from` summed over every axis that broadcasting stretched, down to shape `to`. */
  sumToShape(value: string, from: readonly Dimension[], to: readonly Dimension[]): string
}

/** How to differentiate one operator. A rule knows no other rule and nothing of the walk. */
export interface GradientRule {
  readonly opType: string
  /** Forward tensors the gradient reads, which must therefore stay in memory until then. */
  readonly keeps: {
    readonly inputs: readonly number[] | 'all'
    readonly outputs: readonly number[]
  }
  /** Inputs that a gradient can be had by; all unless told. The others only lend a type or a shape. */
  readonly differentiableInputs?: readonly number[]
  /** Outputs that carry a gradient; [0] unless told. */
  readonly differentiableOutputs?: readonly number[] | 'all'
  /** True where inputs broadcast: gradients then come in the shape of output 0 and the walk sums them back. */
  readonly broadcasts?: boolean
  /** A sentence why this particular node cannot be differentiated; undefined where it can. */
  refuses?(node: ForwardNode): string | undefined
  /** Emits the gradient and returns one tensor name per input; undefined where `wants` is false. */
  gradient(node: ForwardNode, emit: Emitter): readonly (string | undefined)[]
}

/** Which operators have a gradient, and which cut it. An operator in neither is refused. */
export interface RuleSet {
  readonly differentiable: ReadonlyMap<string, GradientRule>
  /** Operators whose outputs do not depend smoothly on their inputs: no gradient passes them, silently. */
  readonly withoutGradient: ReadonlySet<string>
}

/** `base` with some rules replaced or added: guided backpropagation is the usual walk with another Relu rule. */
export function withRules(base: RuleSet, ...rules: readonly GradientRule[]): RuleSet {
  return {
    ...base,
    differentiable: new Map([...base.differentiable, ...rules.map((rule) => [rule.opType, rule] as const)]),
  }
}
