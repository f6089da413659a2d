import {
  type Dimension,
  type Graph,
  type Node,
  type Tensor,
  type TensorType,
  floatAttribute,
  intAttribute,
  intsAttribute,
  stringAttribute,
} from '../onnx/graph.ts'
import { NodeRefusal } from './node-refusal.ts'
import type { ForwardNode, GradientRule } from './rule.ts'

/** A node as messages name it: `Conv «conv1»`. */
export function describeNode(node: Node): string {
  return `${node.opType} «${node.name === '' ? (node.outputs[0] ?? '') : node.name}»`
}

/** What the walk knows and lends to a node's view. */
export interface Surroundings {
  readonly types: ReadonlyMap<string, TensorType>
  readonly constants: ReadonlyMap<string, Tensor>
  readonly wanted: ReadonlySet<string>
  readonly needed: ReadonlySet<string>
  /** Gives `node` its optional output `index` and returns its name. */
  addOutput(node: Node, index: number): string
  gradientOf(tensor: string): string
}

/** Every constant of a graph: its initializers and the outputs of its Constant nodes. */
export function constantsOf(graph: Graph): ReadonlyMap<string, Tensor> {
  const constants = new Map(graph.initializers)
  for (const node of graph.nodes) {
    const value = node.opType === 'Constant' ? node.attributes['value'] : undefined
    if (value?.kind === 'tensor') constants.set(node.outputs[0] as string, value.value)
  }
  return constants
}

/** A node seen through its rule: only declared tensors can be read, only known shapes are handed out. */
export class NodeView implements ForwardNode {
  readonly #node: Node
  readonly #rule: GradientRule
  readonly #surroundings: Surroundings

  constructor(node: Node, rule: GradientRule, surroundings: Surroundings) {
    this.#node = node
    this.#rule = rule
    this.#surroundings = surroundings
  }

  get opType(): string {
    return this.#node.opType
  }

  get inputCount(): number {
    return this.#node.inputs.length
  }

  get outputCount(): number {
    return this.#node.outputs.length
  }

  hasInput(index: number): boolean {
    return (this.#node.inputs[index] ?? '') !== ''
  }

  wants(index: number): boolean {
    if (this.#rule.differentiableInputs?.includes(index) === false) return false
    return this.#surroundings.wanted.has(this.#node.inputs[index] ?? '')
  }

  input(index: number): string {
    const { inputs } = this.#rule.keeps
    if (inputs !== 'all' && !inputs.includes(index)) this.#undeclared('input', index)
    return this.inputName(index)
  }

  /** Name of an input for reading its shape alone, which keeps nothing in memory. */
  inputName(index: number): string {
    const name = this.#node.inputs[index] ?? ''
    if (name === '') this.#fail(`has no input ${index}, which its gradient rule reads.`)
    return name
  }

  output(index: number): string {
    if (!this.#rule.keeps.outputs.includes(index)) this.#undeclared('output', index)
    const name = this.#node.outputs[index] ?? ''
    return name === '' ? this.#surroundings.addOutput(this.#node, index) : name
  }

  hasOutputGradient(index: number): boolean {
    const name = this.#node.outputs[index] ?? ''
    return this.#surroundings.wanted.has(name) && this.#surroundings.needed.has(name)
  }

  outputGradient(index: number): string {
    return this.#surroundings.gradientOf(this.#node.outputs[index] ?? '')
  }

  inputDims(index: number): readonly Dimension[] {
    return this.#dims(this.inputName(index), 'input', index)
  }

  outputDims(index: number): readonly Dimension[] {
    return this.#dims(this.#node.outputs[index] ?? '', 'output', index)
  }

  constantInput(index: number): Tensor | undefined {
    return this.#surroundings.constants.get(this.#node.inputs[index] ?? '')
  }

  int(attribute: string, fallback: number): number {
    return intAttribute(this.#node, attribute, fallback)
  }

  float(attribute: string, fallback: number): number {
    return floatAttribute(this.#node, attribute, fallback)
  }

  string(attribute: string, fallback: string): string {
    return stringAttribute(this.#node, attribute, fallback)
  }

  ints(attribute: string): readonly number[] | undefined {
    return intsAttribute(this.#node, attribute)
  }

  #dims(tensor: string, kind: string, index: number): readonly Dimension[] {
    const type = this.#surroundings.types.get(tensor)
    if (type === undefined) {
      this.#fail(`has ${kind} ${index} «${tensor}» of unknown shape; give the graph's inputs concrete sizes.`)
    }
    return type.dims
  }

  #undeclared(kind: string, index: number): never {
    this.#fail(`has a gradient rule that reads ${kind} ${index} without declaring it in keeps.`)
  }

  #fail(sentence: string): never {
    throw new NodeRefusal(sentence)
  }
}
