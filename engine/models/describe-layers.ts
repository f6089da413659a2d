import { type DataType, type Node, elementCount, intsAttribute, stringAttribute } from '../onnx/graph.ts'
import type { ModelLayer } from '../protocol/models.ts'
import type { GraphFacts } from './graph-facts.ts'
import { type KernelLayer, isConvolution } from './kernel-layers.ts'
import { nodeId } from './model-nodes.ts'
import { describeNode } from '../onnx/graph-edit.ts'

export interface NamedLayer {
  readonly name: string
  readonly layer: KernelLayer
  /** Of the graph it is in. */
  readonly facts: GraphFacts
  /** The node in whose body it is. */
  readonly outer?: Node
}

/** What is told about the layers, but for whether they can be trained; `storedTypes` are those of the weights in the file. */
export function describeLayers(
  named: readonly NamedLayer[],
  storedTypes: ReadonlyMap<string, DataType>,
): Omit<ModelLayer, 'trainable' | 'whyNot'>[] {
  const firstUser = new Map<string, string>()
  return named.map(({ name, layer, facts, outer }) => {
    const { node, operator, weight, shape, groups } = layer
    const storedAs = storedTypes.get(weight) ?? 'float32'
    const sharedWith = firstUser.get(weight)
    if (sharedWith === undefined) firstUser.set(weight, name)
    const outputShape = facts.types.get(node.outputs[0] ?? '')?.dims
    const multiplyAdds = countMultiplyAdds(layer, facts)
    return {
      name,
      nodeId: nodeId(outer ?? node),
      ...(outer !== undefined && { body: describeNode(outer) }),
      operator,
      weight,
      shape,
      groups,
      ...(isConvolution(operator) && windowOf(node)),
      parameters: elementCount(shape) + (layer.bias === undefined ? 0 : shape[0]),
      parameterFormula: parameterFormula(layer),
      ...(multiplyAdds !== undefined && { multiplyAdds }),
      ...(outputShape !== undefined && { outputShape }),
      ...(storedAs !== 'float32' && { storedAs }),
      ...(sharedWith !== undefined && { sharedWith }),
    }
  })
}

/** kH·kW·C·F + F, as for the networks made here; kernels of 1×1 of a fully connected layer are left out. */
function parameterFormula({ operator, shape, bias }: KernelLayer): string {
  const [filters, channels, height, width] = shape
  const isRow = !isConvolution(operator)
  const factors = isRow ? [channels, ...(height * width > 1 ? [height, width] : [])] : [height, width, channels]
  return `${[...factors, filters].join('·')}${bias === undefined ? '' : ` + ${filters}`}`
}

/**
 * Every weight is used once at each place of the output (of the input, for a transposed convolution) of one picture;
 * undefined where the size of that is not known.
 */
function countMultiplyAdds({ node, operator, shape }: KernelLayer, { types }: GraphFacts): number | undefined {
  const places = types.get((operator === 'ConvTranspose' ? node.inputs[0] : node.outputs[0]) ?? '')?.dims
  if (places === undefined) return undefined
  const sizes = isConvolution(operator) ? places.slice(2) : places.slice(1, -1)
  return sizes.every((size) => typeof size === 'number') ? elementCount(shape) * elementCount(sizes) : undefined
}

/** How a kernel slides: the last two axes of those it slides over, the first being 1 for a kernel over one axis. */
function windowOf(node: Node): Pick<ModelLayer, 'stride' | 'dilation' | 'padding'> {
  const pads = intsAttribute(node, 'pads')
  const isSame = stringAttribute(node, 'auto_pad', 'NOTSET').startsWith('SAME')
  const half = (pads?.length ?? 0) / 2
  const [top, left] = lastTwo(pads?.slice(0, half), 0)
  const [bottom, right] = lastTwo(pads?.slice(half), 0)
  return {
    stride: lastTwo(intsAttribute(node, 'strides'), 1),
    dilation: lastTwo(intsAttribute(node, 'dilations'), 1),
    ...(!isSame && { padding: [top, left, bottom, right] as const }),
  }
}

function lastTwo(list: readonly number[] | undefined, fallback: number): readonly [number, number] {
  return [list?.at(-2) ?? fallback, list?.at(-1) ?? fallback]
}
