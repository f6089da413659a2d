import { requiredNames } from '../onnx/graph-edit.ts'
import type { Graph, Node } from '../onnx/graph.ts'

/** Who makes and who takes each value of a graph. */
export class GraphLinks {
  readonly #producers = new Map<string, Node>()
  readonly #consumers = new Map<string, Node[]>()
  readonly #outputs: ReadonlySet<string>

  constructor(graph: Graph) {
    this.#outputs = new Set(graph.outputs.map(({ name }) => name))
    for (const node of graph.nodes) {
      for (const name of node.outputs) if (name !== '') this.#producers.set(name, node)
      for (const name of new Set(requiredNames(node))) {
        const others = this.#consumers.get(name)
        if (others === undefined) this.#consumers.set(name, [node])
        else others.push(node)
      }
    }
  }

  /** The node that makes a value; undefined for inputs and initializers. */
  producer(name: string | undefined): Node | undefined {
    return this.#producers.get(name ?? '')
  }

  consumers(name: string): readonly Node[] {
    return this.#consumers.get(name) ?? []
  }

  /** The one node that takes a value; undefined where there are several, or it is an output of the graph. */
  onlyConsumer(name: string): Node | undefined {
    const [consumer, ...others] = this.consumers(name)
    return others.length > 0 || this.#outputs.has(name) ? undefined : consumer
  }
}
