import { describeNode } from '../onnx/graph-edit.ts'
import { type Graph, type Node, type Tensor, type TensorType, elementCount } from '../onnx/graph.ts'
import { ModelError } from '../onnx/model-error.ts'
import { constantOperators } from './constant-operators.ts'

/** A file of a few bytes can ask for any number of equal elements: more than these, half a gigabyte, are refused. */
const mostElements = 2 ** 27

/** Values that do not depend on the input: initializers, and what simple operators make of them. */
export class Constants {
  readonly #graph: Graph
  readonly #types: ReadonlyMap<string, TensorType>
  /** The initializer each value comes from, or the value itself where an operator made it of its shape alone. */
  readonly #origins = new Map<string, string>()
  readonly #makers = new Map<string, Node>()

  constructor(graph: Graph, types: ReadonlyMap<string, TensorType>) {
    this.#graph = graph
    this.#types = types
    for (const name of graph.initializers.keys()) this.#origins.set(name, name)
    for (const node of graph.nodes) {
      const [output = ''] = node.outputs
      if (!this.#canBeMade(node) || this.dims(output) === undefined) continue
      this.#makers.set(output, node)
      this.#origins.set(output, node.opType === 'ConstantOfShape' ? output : this.#largestOrigin(node))
    }
  }

  #canBeMade({ domain, opType, inputs }: Node): boolean {
    const operator = domain === '' ? constantOperators.get(opType) : undefined
    if (operator === undefined || inputs.length < operator.inputsNeeded) return false
    return inputs.every((name, index) => this.#origins.has(name) || (name === '' && index >= operator.inputsNeeded))
  }

  /** The initializer that a constant value comes from; undefined for a value that is not constant. */
  origin(name: string | undefined): string | undefined {
    return this.#origins.get(name ?? '')
  }

  /** The operators between an initializer and the value made of it, the nearest to the value first. */
  operatorsBefore(name: string): readonly string[] {
    const operators: string[] = []
    let maker = this.#makers.get(name)
    while (maker !== undefined) {
      operators.push(maker.opType)
      maker = this.#makers.get(this.#largestInput(maker))
    }
    return operators
  }

  /** The shape of a value where all sizes are known. */
  dims(name: string): readonly number[] | undefined {
    const dims = this.#graph.initializers.get(name)?.dims ?? this.#types.get(name)?.dims
    return dims?.every((size) => typeof size === 'number') === true ? dims : undefined
  }

  /** The tensor of a constant value. Throws ModelError for one that is too large, or that is not constant. */
  tensor(name: string): Tensor {
    const needed = new Set<Node>()
    const waiting = [name]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const maker = this.#makers.get(next)
      if (maker === undefined || needed.has(maker)) continue
      needed.add(maker)
      waiting.push(...maker.inputs)
    }
    const made = new Map<string, Tensor>()
    const find = (input: string) => made.get(input) ?? this.#graph.initializers.get(input)
    for (const node of this.#makers.values()) {
      if (!needed.has(node)) continue
      const [output = ''] = node.outputs
      const operator = constantOperators.get(node.opType)
      made.set(output, operator?.make(node, node.inputs.map(find), this.#affordable(node, output)) as Tensor)
    }
    const tensor = find(name)
    if (tensor === undefined) throw new ModelError(`The value '${name}' depends on the input of the model.`)
    return tensor
  }

  #affordable(node: Node, output: string): readonly number[] {
    const dims = this.dims(output) as readonly number[]
    if (elementCount(dims) <= mostElements) return dims
    throw new ModelError(
      `The node ${describeNode(node)} makes a constant of the shape [${dims.join(', ')}], which is too large to look at.`,
    )
  }

  #largestOrigin(node: Node): string {
    return this.#origins.get(this.#largestInput(node)) ?? ''
  }

  /** The kernels are the largest input: scales, shapes and zero points are smaller. The first of equals. */
  #largestInput(node: Node): string {
    const size = (name: string) => elementCount(this.dims(name) ?? [0])
    return node.inputs.reduce((largest, name) => (size(name) > size(largest) ? name : largest))
  }
}
