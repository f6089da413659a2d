import { type Node, elementCount, intsAttribute } from '../onnx/graph.ts'
import type { GraphFacts } from './graph-facts.ts'

/** The map that a fully connected layer reads as one row. */
export interface FanIn {
  /** [C, H, W] */
  readonly shape: readonly [number, number, number]
  /** Whether the row is channel by channel, or pixel by pixel as exporters of channels-last frameworks leave it. */
  readonly order: 'chw' | 'hwc'
}

const passedOver: readonly string[] = [
  ...['Identity', 'Dropout', 'Cast', 'QuantizeLinear', 'DequantizeLinear'],
  ...['Relu', 'LeakyRelu', 'Clip', 'Sigmoid', 'Tanh'],
]
const flattening: readonly string[] = ['Flatten', 'Reshape', 'Squeeze']

/** The map of `inputs` elements that was flattened into the value `row`; undefined where that is not known. */
export function fanInMap(row: string, inputs: number, { links, types }: GraphFacts): FanIn | undefined {
  const flatten = firstOther(links.producer(row), links)
  if (flatten === undefined || !flattening.includes(flatten.opType)) return undefined
  const before = flatten.inputs[0] ?? ''
  const producer = links.producer(before)
  const isChannelsLast = producer?.opType === 'Transpose' && intsAttribute(producer, 'perm')?.join() === '0,2,3,1'
  const map = types.get(isChannelsLast ? (producer.inputs[0] ?? '') : before)?.dims.slice(1)
  if (map?.length !== 3 || !map.every((size) => typeof size === 'number') || elementCount(map) !== inputs)
    return undefined
  return { shape: map as unknown as FanIn['shape'], order: isChannelsLast ? 'hwc' : 'chw' }
}

/** The nearest node at or before `node` that may move elements. */
function firstOther(node: Node | undefined, links: GraphFacts['links']): Node | undefined {
  let current = node
  while (current !== undefined && passedOver.includes(current.opType)) current = links.producer(current.inputs[0])
  return current
}
