import { type Initializer, initialWeights } from '../architectures/initial-weights.ts'
import type { GraphFacts } from '../models/graph-facts.ts'
import type { KernelLayer } from '../models/kernel-layers.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { describeNode, pruneGraph, topologicalOrder } from '../onnx/graph-edit.ts'
import { type Graph, type Node, type Tensor, int64Tensor, intAttribute } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import type { RandomStream } from '../random/stream.ts'
import { FRESH, sourcesOf } from './channel-layout.ts'
import { type FilterTrace, type ResizingObstacle, traceFilters } from './filter-trace.ts'
import { type FreshValue, gatherAxis } from './gather-axis.ts'
import { ResizingError } from './resizing-error.ts'
import type { ConstantSlice } from './trace-step.ts'

/** Which filters a layer has from now on: of those it had, and new ones behind them. */
export interface NewFilters {
  /** Ascending, none twice. */
  readonly kept: readonly number[]
  readonly added: number
}

/** How the weights of new filters are drawn. */
export interface FreshWeights {
  readonly initializer: Initializer
  readonly stream: RandomStream
}

/**
 * `graph` with other filters in `layer`, which is one of `facts`, and every node behind it fitted to them. Filters that
 * go take their weights in the layers that read them along: what is left computes as if their maps were zero there.
 * New filters are drawn, and the layers that read them begin with zero weights for them, so that the network computes
 * what it did. Throws ResizingError naming every node that stands in the way.
 */
export function resizeFilters(layer: KernelLayer, facts: GraphFacts, wish: NewFilters, fresh: FreshWeights): Graph {
  const trace = traceFilters(layer, facts)
  requirePossible(trace, wish)
  const wanted = [...wish.kept, ...Array.from({ length: wish.added }, () => FRESH)]
  const surgery = new Surgery(trace, facts, wanted, fresh)
  const resized = surgery.graph()
  requireSameOutputs(facts.graph, resized, trace)
  return resized
}

/** Why a layer cannot have another number of filters, as one sentence; undefined where it can have fewer. */
export function whyNotResizable({ obstacles, networkOutput, layer }: FilterTrace): string | undefined {
  if (networkOutput !== undefined) {
    return `The filters of ${describeNode(layer.node)} are themselves the output '${networkOutput}' of the network, one for each class.`
  }
  if (obstacles.length === 0) return undefined
  const [first] = obstacles
  const isItself = first?.node === layer.node
  if (isItself) return `${describeNode(layer.node)} ${first.reason}.`
  return `The filters of ${describeNode(layer.node)} lead into nodes that need all of them: ${listed(obstacles)}.`
}

function listed(obstacles: readonly ResizingObstacle[]): string {
  return obstacles.map(({ node, reason }) => `${describeNode(node)} ${reason}`).join('; ')
}

function requirePossible(trace: FilterTrace, { kept, added }: NewFilters): void {
  const reason = whyNotResizable(trace)
  if (reason !== undefined) throw new ResizingError(reason)
  const { filters, growthObstacles, layer } = trace
  if (added > 0 && growthObstacles.length > 0) {
    const unsafe = listed(growthObstacles)
    throw new ResizingError(`${describeNode(layer.node)} can have fewer filters but no more: ${unsafe}.`)
  }
  const isAscending = kept.every((filter, index) => index === 0 || filter > (kept[index - 1] as number))
  const isWithin = kept.every((filter) => Number.isInteger(filter) && filter >= 0 && filter < filters)
  if (!isAscending || !isWithin || !Number.isInteger(added) || added < 0 || kept.length + added < 1) {
    throw new ResizingError(
      `The layer has the filters 0 to ${filters - 1}; keep some of them, each once and in order, or add at least one.`,
    )
  }
}

/** Everything that is to be replaced in one graph. */
class Surgery {
  readonly #trace: FilterTrace
  readonly #facts: GraphFacts
  readonly #wanted: readonly number[]
  readonly #fresh: FreshWeights
  readonly #builder: GraphBuilder
  readonly #inputs = new Map<Node, string[]>()
  readonly #attributes = new Map<Node, Node['attributes']>()
  readonly #replaced = new Map<string, Tensor>()

  constructor(trace: FilterTrace, facts: GraphFacts, wanted: readonly number[], fresh: FreshWeights) {
    this.#trace = trace
    this.#facts = facts
    this.#wanted = wanted
    this.#fresh = fresh
    this.#builder = new GraphBuilder(facts.graph)
  }

  graph(): Graph {
    const { slices, groups, targets } = this.#trace
    for (const slice of slices) this.#resizeConstant(slice)
    for (const { node, layout } of groups) {
      const count = sourcesOf(layout, this.#wanted, this.#trace.filters).length
      this.#attributes.set(node, { ...node.attributes, group: { kind: 'int', value: count } })
    }
    for (const target of targets) {
      this.#setTarget(target, sourcesOf(target.layout, this.#wanted, this.#trace.filters).length)
    }
    return this.#build()
  }

  #resizeConstant(slice: ConstantSlice): void {
    const { node, input, axis, layout } = slice
    const name = node.inputs[input] as string
    const sources = sourcesOf(layout, this.#wanted, this.#trace.filters)
    const before = this.#replaced.get(this.#inputsOf(node)[input] as string) ?? this.#facts.constants.tensor(name)
    const tensor = gatherAxis(before, axis, sources, this.#freshValue(slice, before, sources))
    this.#inputsOf(node)[input] = this.#place(name, tensor)
  }

  /** Under the name that the weights had where nothing else takes them. */
  #place(name: string, tensor: Tensor): string {
    const origin = this.#ownOrigin(name)
    const isFree = origin !== undefined && !this.#replaced.has(origin)
    const own = isFree ? this.#builder.initializer(origin, tensor) : this.#builder.constant(`${name}/resized`, tensor)
    this.#replaced.set(own, tensor)
    return own
  }

  /** The initializer that a constant comes from, where nothing on the way is taken by anybody else. */
  #ownOrigin(name: string): string | undefined {
    const { graph, links, constants } = this.#facts
    const origin = constants.origin(name)
    let value = name
    for (;;) {
      if (links.consumers(value).length > 1) return undefined
      if (graph.initializers.has(value)) return value
      const inputs = links.producer(value)?.inputs ?? []
      const next = inputs.find((input) => constants.origin(input) === origin && origin !== undefined)
      if (next === undefined) return undefined
      value = next
    }
  }

  #freshValue({ fresh, axis }: ConstantSlice, before: Tensor, sources: Int32Array): FreshValue {
    if (fresh !== 'weights') return () => fresh
    const added = sources.filter((source) => source === FRESH).length
    if (added === 0) return () => 0
    const { initializer, stream } = this.#fresh
    // Drawn as a layer of all of them: fan-in and fan-out are that of the layer, whatever the axis they lie on.
    const others = before.dims.filter((_, index) => index !== axis)
    const drawn = initialWeights([sources.length, ...others], initializer, stream).data as Float32Array
    const length = drawn.length / sources.length
    return (index, rest) => drawn[index * length + rest] as number
  }

  #setTarget({ node, axis, data, isAlone }: FilterTrace['targets'][number], size: number): void {
    const [input = '', shape = ''] = this.#inputsOf(node)
    const { constants, types } = this.#facts
    const output = node.outputs[0] ?? ''
    const after = types.get(output)?.dims ?? []
    if (constants.origin(shape) === undefined) {
      // Computed: only the size of this axis is put in its place; the others may be known as late as at run time.
      this.#inputs.set(node, [input, this.#withSize(shape, axis, size, after.length)])
      return
    }
    const asked = Array.from(constants.tensor(shape).data as ArrayLike<number | bigint>, Number)
    const copies = (index: number) => asked[index] === 0 && intAttribute(node, 'allowzero', 0) === 0
    const target = asked.map((known, index) => {
      if (index === axis) return known === -1 || (copies(index) && isAlone && data.axis === axis) ? known : size
      // A size that is copied from the axis of the filters, and has nothing to do with them.
      const copied = copies(index) && index === data.axis ? after[index] : undefined
      return typeof copied === 'number' ? copied : known
    })
    if (target.every((known, index) => known === asked[index])) return
    this.#inputs.set(node, [input, this.#builder.constant(`${output}/shape`, int64Tensor([target.length], target))])
  }

  /** A computed shape of so many sizes, with another one for an axis. */
  #withSize(shape: string, axis: number, size: number, count: number): string {
    const builder = this.#builder
    const part = (from: number, to: number) =>
      from < to
        ? [builder.op('Slice', [shape, builder.ints([from]), builder.ints([to])], {}, { name: `${shape}/part` })]
        : []
    const parts = [...part(0, axis), builder.ints([size]), ...part(axis + 1, count)]
    return parts.length === 1
      ? (parts[0] as string)
      : builder.op('Concat', parts, { axis: 0 }, { name: `${shape}/resized` })
  }

  #inputsOf(node: Node): string[] {
    const inputs = this.#inputs.get(node) ?? [...node.inputs]
    this.#inputs.set(node, inputs)
    return inputs
  }

  #build(): Graph {
    const { graph } = this.#facts
    const built = this.#builder.build(graph.name, graph.documentation)
    const nodes = built.nodes.map((node) => ({
      ...node,
      inputs: this.#inputs.get(node) ?? node.inputs,
      attributes: this.#attributes.get(node) ?? node.attributes,
    }))
    return pruneGraph({ ...built, nodes: topologicalOrder(nodes) }, built.outputs)
  }
}

/** What no rule could foresee (a shape that is computed from a constant number of channels, say) shows here. */
function requireSameOutputs(before: Graph, after: Graph, { layer }: FilterTrace): void {
  const fail = (sentence: string): never => {
    throw new ResizingError(
      `With other filters in ${describeNode(layer.node)} the network would not fit together: ${sentence}`,
    )
  }
  const expected = inferShapes(before)
  let found: ReturnType<typeof inferShapes>
  try {
    found = inferShapes(after)
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error))
  }
  for (const { name } of before.outputs) {
    const [one, other] = [expected.get(name)?.dims.join(), found.get(name)?.dims.join()]
    if (one !== other) fail(`its output '${name}' would have the shape [${other ?? '?'}] and not [${one ?? '?'}].`)
  }
}
