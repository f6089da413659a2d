import type { GraphBuilder } from '../onnx/graph-builder.ts'
import type { Graph } from '../onnx/graph.ts'

/**
 * Collects what every use of a tensor contributes to its gradient and adds it up under the name `<tensor>/grad`.
 * A single contribution that was computed for this tensor is renamed instead of copied.
 */
export class GradientSums {
  readonly #builder: GraphBuilder
  readonly #firstGradientNode: number
  readonly #contributions = new Map<string, string[]>()
  readonly #finished = new Map<string, string>()
  readonly #finalNames = new Map<string, string>()
  /** The tensor each renamed gradient got its name from. */
  readonly #owners = new Map<string, string>()
  readonly #emitted = new Set<string>()
  #nodesSeen: number

  /** Contributions are told from older tensors by being outputs of nodes appended to `builder` from now on. */
  constructor(builder: GraphBuilder) {
    this.#builder = builder
    this.#firstGradientNode = builder.nodes.length
    this.#nodesSeen = builder.nodes.length
  }

  add(tensor: string, contribution: string): void {
    const known = this.#contributions.get(tensor)
    if (known === undefined) this.#contributions.set(tensor, [contribution])
    else known.push(contribution)
  }

  /** The gradient of `tensor`, once every node that uses the tensor has contributed. */
  of(tensor: string): string {
    const finished = this.#finished.get(tensor)
    if (finished !== undefined) return finished
    const contributions = this.#contributions.get(tensor) ?? []
    const [first, ...others] = contributions
    if (first === undefined) throw new Error(`The tensor «${tensor}» was asked for its gradient before it had one.`)
    const sum = others.reduce(
      (partial, contribution, index) =>
        this.#builder.op('Add', [partial, contribution], {}, { name: `${tensor}/grad/sum-${index + 2}` }),
      first,
    )
    this.#rename(sum, tensor)
    this.#finished.set(tensor, sum)
    return sum
  }

  /** The gradient of `tensor` under a name of its own, even where it equals another tensor's gradient. */
  named(tensor: string): string {
    const gradient = this.of(tensor)
    if (this.#owners.get(gradient) === tensor) return this.finalName(gradient)
    return this.#builder.op('Identity', [gradient], {}, { name: `${tensor}/grad` })
  }

  finalName(name: string): string {
    return this.#finalNames.get(name) ?? name
  }

  /** `graph`, built by the same builder, with the final names in place. */
  withFinalNames(graph: Graph): Graph {
    const nodes = graph.nodes.map((node, index) =>
      index < this.#firstGradientNode
        ? node
        : {
            ...node,
            inputs: node.inputs.map((name) => this.finalName(name)),
            outputs: node.outputs.map((name) => this.finalName(name)),
          },
    )
    return { ...graph, nodes }
  }

  #rename(gradient: string, tensor: string): void {
    for (const node of this.#builder.nodes.slice(this.#nodesSeen)) {
      for (const name of node.outputs) this.#emitted.add(name)
    }
    this.#nodesSeen = this.#builder.nodes.length
    if (this.#emitted.has(gradient) && !this.#finalNames.has(gradient)) {
      this.#owners.set(gradient, tensor)
      this.#finalNames.set(gradient, this.#builder.uniqueName(`${tensor}/grad`))
    }
  }
}
