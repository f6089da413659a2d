import type { Initializer } from '../../engine/architectures/initial-weights.ts'
import { gatherFacts, type GraphFacts } from '../../engine/models/graph-facts.ts'
import { findKernelLayers, type KernelLayer } from '../../engine/models/kernel-layers.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { traceFilters } from '../../engine/resizing/filter-trace.ts'
import { buildMaskedGraphs, maskName } from '../../engine/resizing/masked-graphs.ts'
import { type NewFilters, resizeFilters } from '../../engine/resizing/resize-filters.ts'
import { createSession } from '../../engine/runtime/session.ts'

/** What a graph gives on the CPU, float32 outputs by name; symbolic sizes of its inputs are 2 pictures. */
export async function outputsOf(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, Tensor>>> {
  const session = await createSession(writeModel({ graph }), { provider: 'cpu', threads: 1 })
  try {
    return (await session.run(feeds)) as Record<string, Tensor>
  } finally {
    await session.release()
  }
}

/** Normal random values for every input of a graph. */
export function randomFeeds({ inputs }: Graph, seed: number): Record<string, Tensor> {
  return Object.fromEntries(
    inputs.map(({ name, type }) => {
      const dims = (type?.dims ?? []).map((size) => (typeof size === 'number' ? size : 2))
      const stream = randomStream(seed, name)
      return [
        name,
        float32Tensor(
          dims,
          Float32Array.from({ length: elementCount(dims) }, () => stream.normal()),
        ),
      ]
    }),
  )
}

export class ResizedNetwork {
  readonly facts: GraphFacts
  readonly layers: readonly KernelLayer[]
  readonly #feeds: Record<string, Tensor>
  readonly #output: string

  constructor(graph: Graph) {
    this.facts = gatherFacts(graph)
    this.layers = findKernelLayers(this.facts)
    this.#feeds = randomFeeds(graph, 1)
    this.#output = graph.outputs[0]?.name ?? ''
  }

  resize(layer: KernelLayer, wish: NewFilters, initializer: Initializer = 'heNormal'): Graph {
    return resizeFilters(layer, this.facts, wish, { initializer, stream: randomStream(0, 'grown') })
  }

  async whole(graph = this.facts.graph): Promise<Tensor> {
    return (await outputsOf(graph, this.#feeds))[this.#output] as Tensor
  }

  /** With all filters of a layer masked but those kept. */
  async masked(layer: KernelLayer, kept: readonly number[]): Promise<Tensor> {
    const trace = traceFilters(layer, this.facts)
    const { lower, upper, crossing } = buildMaskedGraphs(trace, this.facts, this.#output, 1)
    const mask = Float32Array.from({ length: trace.filters }, (_, filter) => (kept.includes(filter) ? 1 : 0))
    const given = await outputsOf(lower, this.#feeds)
    const read = Object.fromEntries(crossing.map((name) => [name, given[name] as Tensor]))
    const results = await outputsOf(upper, { ...read, [maskName]: float32Tensor([1, trace.filters], mask) })
    return results[this.#output] as Tensor
  }
}

/** The largest difference, as a share of the largest value. */
export function relativeDifference(one: Tensor, other: Tensor): number {
  const [a, b] = [one.data as Float32Array, other.data as Float32Array]
  if (a.length !== b.length) return Number.POSITIVE_INFINITY
  let [difference, largest] = [0, 0]
  a.forEach((value, index) => {
    difference = Math.max(difference, Math.abs(value - (b[index] as number)))
    largest = Math.max(largest, Math.abs(value))
  })
  return difference === 0 ? 0 : difference / largest
}
