import type { GraphFacts } from '../models/graph-facts.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { pruneGraph, requiredNames } from '../onnx/graph-edit.ts'
import { type Dimension, type Graph, type ValueInfo, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { ownersOf } from './channel-layout.ts'
import type { FilterTrace } from './filter-trace.ts'
import type { TracedValue } from './trace-step.ts'

export const maskName = 'filters/mask'

/** A network in two parts, of which only the second must be computed again when other filters are masked. */
export interface MaskedGraphs {
  /** From the pictures to `crossing`, and to what the layer itself gives. */
  readonly lower: Graph
  /**
   * From `crossing` and `mask`, float32 [rows, F], to `scores`. A filter with the mask 0 is masked: its map is zero where
   * the next layers read it, behind its bias, normalisation, activation and pooling, just as if the filter and the
   * weights that read it were not there.
   */
  readonly upper: Graph
  /** What the first part hands to the second. */
  readonly crossing: readonly string[]
}

/** Cuts the network of `facts` where the maps of the layer are read. `rows` is 1, or the number of pictures for a mask of each. */
export function buildMaskedGraphs(
  trace: FilterTrace,
  facts: GraphFacts,
  scores: string,
  rows: Dimension,
): MaskedGraphs {
  const { graph, types } = facts
  const above = valuesAbove(trace, graph)
  const dependent = dependentValues(graph)
  const isUpper = (outputs: readonly string[]) => outputs.some((name) => above.has(name))
  const upperNodes = graph.nodes.filter(({ outputs }) => isUpper(outputs))
  const crossing = new Set<string>()
  for (const name of upperNodes.flatMap(requiredNames)) {
    if (dependent.has(name) && !above.has(name)) crossing.add(name)
  }
  const outputs: ValueInfo[] = [...crossing].map((name) => ({ name, type: types.get(name) }))
  const { name: layerOutput } = trace.output
  const others = crossing.has(layerOutput) ? [] : [{ name: layerOutput, type: types.get(layerOutput) }]
  const lower = pruneGraph(graph, [...outputs, ...others])
  const constantNodes = graph.nodes.filter((node) => !node.outputs.some((name) => dependent.has(name)))
  const builder = new GraphBuilder({ ...graph, nodes: [], inputs: [], outputs: [] })
  for (const node of graph.nodes) for (const name of node.outputs) builder.uniqueName(name)
  for (const output of outputs) builder.input(output)
  const mask = builder.input({ name: maskName, type: { dataType: 'float32', dims: [rows, trace.filters] } })
  for (const node of constantNodes) builder.add(node)
  const masked = new Map<string, string>()
  for (const node of upperNodes) {
    const inputs = [...node.inputs]
    for (const reader of trace.readers) {
      if (reader.node !== node) continue
      const { name } = reader.value
      const own = masked.get(name) ?? emitMasked(builder, mask, reader.value, trace.filters, facts)
      masked.set(name, own)
      inputs[reader.input] = own
    }
    builder.add({ ...node, inputs })
  }
  builder.output({ name: scores, type: types.get(scores) })
  const built = builder.build(graph.name)
  return { lower, upper: pruneGraph(built, built.outputs), crossing: [...crossing] }
}

/** What depends on a reader. */
function valuesAbove(trace: FilterTrace, graph: Graph): ReadonlySet<string> {
  const readers = new Set(trace.readers.map(({ node }) => node))
  return valuesFrom(
    graph,
    (node, reached) => readers.has(node) || requiredNames(node).some((name) => reached.has(name)),
  )
}

function dependentValues(graph: Graph): ReadonlySet<string> {
  const inputs = new Set(graph.inputs.map(({ name }) => name))
  const behind = valuesFrom(graph, (node, reached) =>
    requiredNames(node).some((name) => inputs.has(name) || reached.has(name)),
  )
  return new Set([...inputs, ...behind])
}

function valuesFrom(
  graph: Graph,
  isReached: (node: Graph['nodes'][number], reached: ReadonlySet<string>) => boolean,
): ReadonlySet<string> {
  const reached = new Set<string>()
  for (const node of graph.nodes) {
    if (isReached(node, reached)) for (const name of node.outputs) if (name !== '') reached.add(name)
  }
  return reached
}

function emitMasked(
  builder: GraphBuilder,
  mask: string,
  { name, axis, layout }: TracedValue,
  filters: number,
  { types }: GraphFacts,
): string {
  const owners = ownersOf(layout, filters)
  const rank = types.get(name)?.dims.length ?? 0
  const indices = builder.constant(
    `${name}/filters`,
    int64Tensor(
      [owners.length],
      [...owners].map((owner) => Math.max(0, owner)),
    ),
  )
  let spread = builder.op('Gather', [mask, indices], { axis: 1 }, { name: `${name}/mask` })
  if (owners.includes(-1)) {
    const row = (of: (owner: number) => number) => float32Tensor([1, owners.length], Float32Array.from(owners, of))
    const isOwn = builder.constant(
      `${name}/own`,
      row((owner) => (owner < 0 ? 0 : 1)),
    )
    const isOther = builder.constant(
      `${name}/other`,
      row((owner) => (owner < 0 ? 1 : 0)),
    )
    spread = builder.op('Add', [builder.op('Mul', [spread, isOwn]), isOther])
  }
  const shape = Array.from({ length: rank }, (_, index) => (index === axis ? owners.length : 1))
  // A mask for each picture: pictures lie along the first axis.
  if (axis > 0) shape[0] = -1
  const shaped = rank === 2 && axis === 1 ? spread : builder.op('Reshape', [spread, builder.ints(shape)])
  return builder.op('Mul', [name, shaped], {}, { name: `${name}/masked` })
}
