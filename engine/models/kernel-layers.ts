import { type Node, elementCount, intAttribute } from '../onnx/graph.ts'
import type { LayerOperator } from '../protocol/models.ts'
import { type FanIn, fanInMap } from './fan-in.ts'
import type { GraphFacts } from './graph-facts.ts'
import { type WeightPlace, weightPlace } from './layer-operators.ts'

/** [F, C, kH, kW], C being the channels one filter sees. */
export type KernelShape = readonly [number, number, number, number]

/** A node whose weights are filters: a convolution, or a fully connected layer, whose rows are. */
export interface KernelLayer {
  readonly node: Node
  readonly operator: LayerOperator
  /** The initializer that holds the kernels, perhaps in another arrangement or type; where there is none, `values`. */
  readonly weight: string
  /** The value the node takes as its weights. */
  readonly values: string
  readonly shape: KernelShape
  readonly groups: number
  /** A constant with one element for each filter, added by the node or by an Add behind it. */
  readonly bias?: string
  /** True where the filters are the columns of a matrix. */
  readonly inColumns: boolean
  /** In which order a row of a fully connected layer reads the map before it; undefined where it reads none. */
  readonly fanIn?: FanIn['order']
  readonly scale?: string
  readonly zeroPoint?: string
}

/**
 * The layers whose weights are constants, in the order of computation. Rows of a fully connected layer take the shape
 * of the map they read, where it is one; kernels over one axis have the height 1, and the depth of those over three
 * counts as more channels.
 */
export function findKernelLayers(facts: GraphFacts): KernelLayer[] {
  return facts.graph.nodes.flatMap((node) => {
    const place = weightPlace(node.domain, node.opType)
    const layer = place && (readLayer(node, place, facts) ?? leftProduct(node, place, facts))
    return layer === undefined ? [] : [layer]
  })
}

function readLayer(node: Node, place: WeightPlace, facts: GraphFacts): KernelLayer | undefined {
  const { constants } = facts
  const values = node.inputs[place.weight] ?? ''
  const weight = constants.origin(values)
  const dims = constants.dims(values)
  if (weight === undefined || dims === undefined || elementCount(dims) === 0) return undefined
  const optional = (index: number | undefined) => {
    const name = node.inputs[index ?? -1] ?? ''
    return constants.origin(name) === undefined ? undefined : name
  }
  const [bias, scale, zeroPoint] = [optional(place.bias), optional(place.scale), optional(place.zeroPoint)]
  const arranged = isConvolution(place.operator) ? convolution(node, place, dims) : rows(node, dims, facts)
  if (arranged === undefined) return undefined
  const added = bias ?? addedBias(node, arranged.shape[0], facts)
  return {
    node,
    operator: place.operator,
    weight,
    values,
    ...arranged,
    ...(added !== undefined && { bias: added }),
    ...(scale !== undefined && { scale }),
    ...(zeroPoint !== undefined && { zeroPoint }),
  }
}

/** A MatMul that has its weights on the left, whose rows are the filters. */
function leftProduct(node: Node, place: WeightPlace, { constants }: GraphFacts): KernelLayer | undefined {
  const [values = ''] = node.inputs
  const weight = constants.origin(values)
  const [units, inputs, ...more] = constants.dims(values) ?? []
  if (node.opType !== 'MatMul' || weight === undefined || more.length > 0) return undefined
  if (units === undefined || inputs === undefined || units * inputs === 0) return undefined
  return { node, operator: place.operator, weight, values, shape: [units, inputs, 1, 1], groups: 1, inColumns: false }
}

type Arrangement = Pick<KernelLayer, 'shape' | 'groups' | 'inColumns' | 'fanIn'>

export function isConvolution(operator: LayerOperator): boolean {
  return operator === 'Conv' || operator === 'ConvTranspose'
}

function convolution(node: Node, { operator }: WeightPlace, dims: readonly number[]): Arrangement | undefined {
  const groups = intAttribute(node, 'group', 1)
  const [first = 1, second = 1, ...sizes] = dims
  const mostAxes = operator === 'Conv' ? 3 : 2
  if (sizes.length < 1 || sizes.length > mostAxes || groups < 1 || first % groups !== 0) return undefined
  const [width = 1, height = 1, depth = 1] = sizes.toReversed()
  const [filters, channels] = operator === 'Conv' ? [first, second] : [second * groups, first / groups]
  return { shape: [filters, channels * depth, height, width], groups, inColumns: false }
}

function rows(node: Node, dims: readonly number[], facts: GraphFacts): Arrangement | undefined {
  const [first, second] = dims
  if (dims.length !== 2 || first === undefined || second === undefined) return undefined
  const inColumns = intAttribute(node, 'transB', 0) === 0
  const [units, inputs] = inColumns ? [second, first] : [first, second]
  const base = { groups: 1, inColumns }
  const map = fanInMap(node.inputs[0] ?? '', inputs, facts)
  if (map === undefined) return { ...base, shape: [units, inputs, 1, 1] }
  return { ...base, shape: [units, ...map.shape], fanIn: map.order }
}

/** Exporters write the bias of a product, and some that of a convolution, as an Add behind it. */
function addedBias(node: Node, filters: number, { constants, links }: GraphFacts): string | undefined {
  const [output = ''] = node.outputs
  const add = links.onlyConsumer(output)
  if (add?.opType !== 'Add' || add.domain !== '') return undefined
  const other = add.inputs.find((name) => name !== output) ?? ''
  const dims = constants.origin(other) === undefined ? undefined : constants.dims(other)
  return dims !== undefined && elementCount(dims) === filters ? other : undefined
}
