import type { Graph, Node, TensorType } from './graph.ts'
import { inferredTensor } from './shapes/creation.ts'
import { shapeRules } from './shapes/rules.ts'
import { type InferredValue, ShapeContext, type ShapeSurroundings } from './shapes/shape-context.ts'

type Lookup = (name: string) => InferredValue | undefined

/**
 * Element type and shape of every value of `graph` (inputs, initializers, node outputs) that follows from the shapes of
 * its inputs; sizes known only at run time are symbols, and what cannot be known is absent. Small integer tensors are
 * followed by value, so that shapes computed by Shape, Gather, Concat … are known. `outer` are the values a body may use.
 * Throws ShapeError where shapes do not fit an operator.
 */
export function inferShapes(
  graph: Graph,
  outer: ReadonlyMap<string, TensorType> = new Map(),
): ReadonlyMap<string, TensorType> {
  const inference = new Inference((name) => outer.get(name), new Set())
  inference.addGraph(
    graph,
    graph.inputs.map((input) => input.type),
  )
  return new Map([...inference.known].map(([name, { dataType, dims }]) => [name, { dataType, dims }]))
}

class Inference implements ShapeSurroundings {
  readonly known = new Map<string, InferredValue>()
  readonly #outer: Lookup
  readonly #symbols: Set<string>

  constructor(outer: Lookup, symbols: Set<string>) {
    this.#outer = outer
    this.#symbols = symbols
  }

  addGraph(graph: Graph, inputTypes: readonly (InferredValue | undefined)[]): void {
    for (const [index, input] of graph.inputs.entries()) this.#add(input.name, inputTypes[index])
    for (const [name, tensor] of graph.initializers) this.#add(name, inferredTensor(tensor))
    for (const node of graph.nodes) this.#addNode(node)
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

  #addNode(node: Node): void {
    const rule = node.domain === '' ? shapeRules.get(node.opType) : undefined
    const ready = node.inputs.every((name) => name === '' || this.lookup(name) !== undefined)
    if (rule === undefined || !ready) return
    const outputs = rule(new ShapeContext(node, this))
    for (const [index, name] of node.outputs.entries()) this.#add(name, outputs[index])
  }

  #add(name: string, value: InferredValue | undefined): void {
    if (name === '' || value === undefined) return
    for (const size of value.dims) if (typeof size === 'string') this.#symbols.add(size)
    this.known.set(name, value)
  }
}
