import { requiredNames } from '../onnx/graph-edit.ts'
import { type Node, intAttribute } from '../onnx/graph.ts'
import type { GraphFacts } from '../models/graph-facts.ts'
import { type KernelLayer, isConvolution } from '../models/kernel-layers.ts'
import { type ChannelLayout, oneForEach } from './channel-layout.ts'
import { findTraceRule } from './trace-rules.ts'
import type { ConstantSlice, ReshapeTarget, TraceContext, TraceStep, TracedValue } from './trace-step.ts'
import { whyUnsafe } from './value-signs.ts'

/** Where a map is read by a node that mixes it with others, or by one that no rule follows. */
export interface Reader {
  readonly node: Node
  readonly input: number
  readonly value: TracedValue
}

/** A node that stands in the way of another number of filters. */
export interface ResizingObstacle {
  readonly node: Node
  /** The rest of a sentence that begins with the node. */
  readonly reason: string
}

export interface FilterTrace {
  readonly layer: KernelLayer
  readonly filters: number
  /** What the layer itself gives. */
  readonly output: TracedValue
  readonly slices: readonly ConstantSlice[]
  readonly readers: readonly Reader[]
  readonly groups: readonly { readonly node: Node; readonly layout: ChannelLayout }[]
  readonly targets: readonly ({ readonly node: Node } & ReshapeTarget)[]
  readonly obstacles: readonly ResizingObstacle[]
  /** What stands in the way of new filters only. */
  readonly growthObstacles: readonly ResizingObstacle[]
  /** The output of the network that the filters themselves are; undefined where other layers lie between. */
  readonly networkOutput: string | undefined
}

/**
 * Follows the maps of a layer's filters to where other layers read them, through everything that keeps them apart:
 * activations, pooling, normalisations of single channels, joins along the channels, flattening, depthwise
 * convolutions. Nodes that no rule follows are obstacles; they do not end the trace of other branches.
 */
export function traceFilters(layer: KernelLayer, facts: GraphFacts): FilterTrace {
  const [filters] = layer.shape
  const own = ownSlices(layer, facts)
  const traced = new Map([[own.output.name, own.output]])
  const slices = [...own.slices]
  const obstacles: ResizingObstacle[] = own.obstacle === undefined ? [] : [{ node: layer.node, reason: own.obstacle }]
  const growthObstacles: ResizingObstacle[] = []
  const readers: Reader[] = []
  const groups: FilterTrace['groups'][number][] = []
  const targets: FilterTrace['targets'][number][] = []
  const context: TraceContext = {
    facts,
    filters,
    traced: (name) => traced.get(name),
    dims: (name) => facts.types.get(name)?.dims,
  }
  for (const node of facts.graph.nodes) {
    if (!requiredNames(node).some((name) => traced.has(name))) continue
    const step = stepAt(node, context)
    for (const value of step.outputs ?? []) traced.set(value.name, value)
    slices.push(...(step.slices ?? []))
    if (step.groups !== undefined) groups.push({ node, layout: step.groups })
    if (step.target !== undefined) targets.push({ node, ...step.target })
    if (step.obstacle !== undefined) obstacles.push({ node, reason: step.obstacle })
    const unsafe = step.outputs && whyUnsafe(node, (name) => traced.has(name), facts)
    if (unsafe !== undefined) growthObstacles.push({ node, reason: unsafe })
    const readAt = step.obstacle === undefined ? (step.readAt ?? []) : [...node.inputs.keys()]
    for (const input of readAt) {
      const value = traced.get(node.inputs[input] ?? '')
      if (value !== undefined) readers.push({ node, input, value })
    }
  }
  const output = facts.graph.outputs.find(({ name }) => traced.has(name))?.name
  return {
    layer,
    filters,
    output: own.output,
    slices,
    readers,
    groups,
    targets,
    obstacles,
    growthObstacles,
    networkOutput: output,
  }
}

/** What the rule of a node finds, and whether it gives more than its rule speaks of. */
function stepAt(node: Node, context: TraceContext): TraceStep {
  const { graph, links, types } = context.facts
  const isUnknown = node.inputs.some((name) => context.traced(name) !== undefined && !types.has(name))
  if (isUnknown) return { obstacle: 'takes them in a shape that is not known' }
  const step = findTraceRule(node)(node, context)
  const told = new Set(step.outputs?.map(({ name }) => name))
  const isUsed = (name: string) =>
    links.consumers(name).length > 0 || graph.outputs.some((output) => output.name === name)
  const other = node.outputs.slice(1).find((name) => name !== '' && !told.has(name) && isUsed(name))
  if (other === undefined || step.obstacle !== undefined) return step
  return { ...step, obstacle: `gives '${other}' as well, which is made of all filters together` }
}

interface OwnSlices {
  readonly output: TracedValue
  readonly slices: readonly ConstantSlice[]
  readonly obstacle?: string
}

/** What the layer itself has for each of its filters. */
function ownSlices({ node, operator, groups, shape, values }: KernelLayer, facts: GraphFacts): OwnSlices {
  const name = node.outputs[0] ?? ''
  const rank = facts.types.get(name)?.dims.length
  const output = { name, axis: isConvolution(operator) ? 1 : (rank ?? 2) - 1, layout: oneForEach }
  const slice = (input: number, axis: number, fresh: ConstantSlice['fresh']) => {
    return { node, input, axis, layout: oneForEach, fresh }
  }
  const bias = (input: number): ConstantSlice[] => {
    const dims = facts.constants.dims(node.inputs[input] ?? '')
    return dims?.at(-1) === shape[0] ? [slice(input, dims.length - 1, 0)] : []
  }
  if (rank === undefined) return { output, slices: [], obstacle: 'gives maps in a shape that is not known' }
  if (node.domain !== '') return { output, slices: [], obstacle: 'is no operator of ONNX itself' }
  const isDepthwise = groups > 1 && shape[1] === 1
  if (isDepthwise) {
    const obstacle = `filters every channel that it is given by itself, so its filters go with those of the layer before it`
    return { output, slices: [], obstacle }
  }
  if (groups > 1) {
    return { output, slices: [], obstacle: `works in ${groups} groups, each of which has to keep as many filters` }
  }
  const [, , added = ''] = node.inputs
  if (added !== '' && facts.constants.origin(added) === undefined) {
    return { output, slices: [], obstacle: 'computes its bias' }
  }
  switch (node.opType) {
    case 'Conv':
      return { output, slices: [slice(1, 0, 'weights'), ...bias(2)] }
    case 'ConvTranspose':
      return { output, slices: [slice(1, 1, 'weights'), ...bias(2)] }
    case 'Gemm':
      return { output, slices: [slice(1, intAttribute(node, 'transB', 0) === 1 ? 0 : 1, 'weights'), ...bias(2)] }
    case 'MatMul':
      if (node.inputs[1] === values) return { output, slices: [slice(1, 1, 'weights')] }
      return { output, slices: [], obstacle: 'has its weights on the left, where they mix rows' }
    default:
      return { output, slices: [], obstacle: 'computes with integers' }
  }
}
