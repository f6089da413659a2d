import { type Dimension, type Node, type ValueInfo, intAttribute, intsAttribute } from '../onnx/graph.ts'
import type { ImageInput } from '../protocol/models.ts'
import type { GraphFacts } from './graph-facts.ts'
import type { KernelLayer } from './kernel-layers.ts'

/** Operators that change pixels, not where they are. */
const onThePixels: readonly string[] = [
  ...['Add', 'Sub', 'Mul', 'Div', 'Cast', 'Identity', 'BatchNormalization', 'QuantizeLinear', 'DequantizeLinear'],
  ...['Pad', 'Relu', 'Clip'],
]

const mostChannels = 4

/** The input that takes pictures: the one that reaches a convolution first, else one of the shape of a picture. */
export function findImageInput(facts: GraphFacts, layers: readonly KernelLayer[]): ImageInput | undefined {
  const inputs = facts.graph.inputs.filter(({ type }) => type === undefined || type.dims.length === 4)
  const followed = inputs.map((input) => ({ input, use: firstUse(input.name, facts) }))
  const convolved = followed.find(({ use }) => use?.opType === 'Transpose' || layers.some(({ node }) => node === use))
  const { input, use } = convolved ?? followed[0] ?? {}
  if (input?.type === undefined) return undefined
  const { dims } = input.type
  const layout = layoutOf(use, dims)
  const [batch, ...rest] = dims
  const [channels, height, width] = layout === 'nchw' ? rest : [rest[2], rest[0], rest[1]]
  const channelCount = typeof channels === 'number' ? channels : channelsRead(use, layers)
  if (channelCount === undefined) return undefined
  return {
    name: input.name,
    layout,
    channels: channelCount,
    ...(typeof height === 'number' && { height }),
    ...(typeof width === 'number' && { width }),
    ...(typeof batch === 'number' && { batch }),
  }
}

/** The first node behind a value that does more than change pixels. */
function firstUse(name: ValueInfo['name'], { links }: GraphFacts): Node | undefined {
  let value = name
  for (;;) {
    // What only asks for the shape says nothing about the layout.
    const [consumer] = links.consumers(value).filter(({ opType }) => opType !== 'Shape')
    if (consumer === undefined || !onThePixels.includes(consumer.opType)) return consumer
    value = consumer.outputs[0] ?? ''
  }
}

function layoutOf(use: Node | undefined, dims: readonly Dimension[]): ImageInput['layout'] {
  if (use?.opType === 'Transpose') return intsAttribute(use, 'perm')?.join() === '0,3,1,2' ? 'nhwc' : 'nchw'
  const [, second, , fourth] = dims
  const isFew = (size: Dimension | undefined) => typeof size === 'number' && size <= mostChannels
  return isFew(fourth) && !isFew(second) && use?.opType !== 'Conv' ? 'nhwc' : 'nchw'
}

/** Channels that the first convolution reads. */
function channelsRead(use: Node | undefined, layers: readonly KernelLayer[]): number | undefined {
  const layer = layers.find(({ node }) => node === use)
  return layer?.operator === 'Conv' ? layer.shape[1] * intAttribute(layer.node, 'group', 1) : undefined
}
