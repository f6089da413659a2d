import type { Graph, Node } from '../graph.ts'
import { inferredTensor } from './creation.ts'
import { shapeRules } from './rules.ts'
import { type InferredValue, ShapeContext, type ShapeSurroundings } from './shape-context.ts'

/** Types of the values around a graph, by name. */
export type OuterTypes = (name: string) => InferredValue | undefined

/** Types inferred node by node, in topological order. */
export class Inference implements ShapeSurroundings {
  readonly known = new Map<string, InferredValue>()
  readonly #outer: OuterTypes
  readonly #symbols: Set<string>

  constructor(outer: OuterTypes = () => undefined, symbols = new Set<string>()) {
    this.#outer = outer
    this.#symbols = symbols
  }

  /** Follows all of `graph`, its inputs being of the given types. Throws ShapeError where shapes do not fit an operator. */
  addGraph(graph: Graph, inputTypes: readonly (InferredValue | undefined)[]): void {
    for (const [index, input] of graph.inputs.entries()) this.add(input.name, inputTypes[index])
    for (const [name, tensor] of graph.initializers) this.add(name, inferredTensor(tensor))
    for (const node of graph.nodes) this.addNode(node)
  }

  /** A value that no node makes. */
  add(name: string, value: InferredValue | undefined): void {
    if (name === '' || value === undefined) return
    for (const size of value.dims) if (typeof size === 'string') this.#symbols.add(size)
    this.known.set(name, value)
  }

  addNode(node: Node): void {
    const rule = node.domain === '' ? shapeRules.get(node.opType) : undefined
    const ready = node.inputs.every((name) => name === '' || this.lookup(name) !== undefined)
    if (rule === undefined || !ready) return
    const context = new ShapeContext(node, this)
    const outputs = rule(context)
    for (const [index, name] of node.outputs.entries()) {
      const output = outputs[index]
      if (output !== undefined) context.requireSizes(output.dims)
      this.add(name, output)
    }
  }

  lookup(name: string): InferredValue | undefined {
    return this.known.get(name) ?? this.#outer(name)
  }

  freshSymbol(stem: string): string {
    // A letter first and no operators: symbols are multiplied in writing (`4*batch`).
    const readable = stem.replaceAll(/[^\w.]/g, '_').replace(/^(?![A-Za-z_])/, '_')
    let symbol = readable
    for (let suffix = 2; this.#symbols.has(symbol); suffix++) symbol = `${readable}_${suffix}`
    this.#symbols.add(symbol)
    return symbol
  }

  inferBody(body: Graph, inputs: readonly (InferredValue | undefined)[]): readonly (InferredValue | undefined)[] {
    const inner = new Inference((name) => this.lookup(name), this.#symbols)
    inner.addGraph(body, inputs)
    return body.outputs.map((output) => inner.lookup(output.name))
  }
}
