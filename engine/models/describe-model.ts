import { basename, extname } from 'node:path'
import { rules } from '../autodiff/registry.ts'
import { describeNode } from '../onnx/graph-edit.ts'
import { type Graph, type Node, type TensorType, type ValueInfo, elementCount, intsAttribute } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import type {
  ImageInput,
  ModelLayer,
  ModelNode,
  ModelSummary,
  ModelValue,
  TrainingObstacle,
} from '../protocol/models.ts'
import { type KernelLayer, findKernelLayers } from './kernel-layers.ts'
import { nameLayers } from './layer-names.ts'
import type { ModelFile } from './model-file.ts'

/** A model with its layers, each beside the name it is known by. */
export interface DescribedModel {
  readonly summary: ModelSummary
  readonly graph: Graph
  readonly layers: ReadonlyMap<string, KernelLayer>
}

/** Finds out what a model is: its layers with filters, what it takes and gives, what stands in the way of training it. */
export function describeModel({ path, model, byteLength }: ModelFile): DescribedModel {
  const { graph } = model
  const types = inferShapes(graph)
  const found = findKernelLayers(graph, types)
  const names = nameLayers(found)
  const described = found.map((layer, index) => describeLayer(layer, names[index] as string, graph, types))
  const nodes = describeNodes(graph, types, described)
  const obstacles = findObstacles(graph.nodes, nodes)
  const image = graph.inputs.map(imageInput).find((input) => input !== undefined)
  const multiplyAdds = described.map((layer) => layer.multiplyAdds)
  const [output] = graph.outputs
  const summary: ModelSummary = {
    path,
    title: basename(path, extname(path)),
    byteLength,
    producer: `${model.producerName} ${model.producerVersion}`.trim(),
    opset: model.originalOpset,
    inputs: graph.inputs.map((input) => describeValue(input, types)),
    outputs: graph.outputs.map((value) => describeValue(value, types)),
    ...(image !== undefined && { image }),
    output: { name: output?.name ?? '', kind: 'unknown' },
    layers: described,
    nodes,
    parameters: described.reduce((total, layer) => total + layer.parameters, 0),
    ...(multiplyAdds.every((count) => count !== undefined) && {
      multiplyAdds: multiplyAdds.reduce((total, count) => total + count, 0),
    }),
    training: { possible: obstacles.length === 0 && described.length > 0, obstacles },
  }
  return { summary, graph, layers: new Map(found.map((layer, index) => [names[index] as string, layer])) }
}

function describeValue({ name, type, dataType }: ValueInfo, types: ReadonlyMap<string, TensorType>): ModelValue {
  const known = type ?? types.get(name)
  return { name, dataType: known?.dataType ?? dataType ?? 'unknown', dims: known?.dims ?? [] }
}

function imageInput({ name, type }: ValueInfo): ImageInput | undefined {
  if (type?.dims.length !== 4) return undefined
  const [batch, second, third, fourth] = type.dims
  const isLast = typeof fourth === 'number' && fourth <= 4 && !(typeof second === 'number' && second <= 4)
  const [channels, height, width] = isLast ? [fourth, second, third] : [second, third, fourth]
  if (typeof channels !== 'number') return undefined
  return {
    name,
    layout: isLast ? 'nhwc' : 'nchw',
    channels,
    ...(typeof height === 'number' && { height }),
    ...(typeof width === 'number' && { width }),
    ...(typeof batch === 'number' && { batch }),
  }
}

function describeLayer(
  layer: KernelLayer,
  name: string,
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
): ModelLayer {
  const { node, operator, weight, shape, groups } = layer
  const bias = graph.initializers.get(node.inputs[2] ?? '')
  const storedAs = graph.initializers.get(weight)?.dataType ?? 'float32'
  const weights = elementCount(shape)
  const biases = bias === undefined ? 0 : elementCount(bias.dims)
  const outputShape = types.get(node.outputs[0] ?? '')?.dims
  const positions = outputShape?.slice(2)
  const isConvolution = operator === 'Conv' || operator === 'ConvTranspose'
  const pads = intsAttribute(node, 'pads') as [number, number, number, number] | undefined
  const knownPositions =
    positions?.every((size) => typeof size === 'number') === true ? elementCount(positions) : undefined
  return {
    name,
    nodeId: node.outputs[0] ?? '',
    operator,
    weight,
    shape,
    groups,
    ...(isConvolution && {
      stride: (intsAttribute(node, 'strides') ?? [1, 1]) as [number, number],
      dilation: (intsAttribute(node, 'dilations') ?? [1, 1]) as [number, number],
      ...(pads !== undefined && { padding: pads }),
    }),
    parameters: weights + biases,
    parameterFormula: `${shape.filter((size, axis) => axis < 2 || size > 1 || isConvolution).join('·')}${biases > 0 ? ` + ${biases}` : ''}`,
    ...(knownPositions !== undefined && operator !== 'ConvTranspose' && { multiplyAdds: weights * knownPositions }),
    ...(outputShape !== undefined && { outputShape }),
    trainable: storedAs === 'float32',
    ...(storedAs !== 'float32' && { storedAs, whyNot: `Its weights are stored as ${storedAs}.` }),
  }
}

function describeNodes(
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
  layers: readonly ModelLayer[],
): ModelNode[] {
  const sources = new Map(graph.inputs.map(({ name }) => [name, `input:${name}`]))
  const layerOf = new Map(layers.map(({ nodeId, name }) => [nodeId, name]))
  return graph.nodes.flatMap((node) => {
    const inputs = node.inputs.map((name) => sources.get(name)).filter((source) => source !== undefined)
    if (inputs.length === 0) return []
    const id = idOf(node)
    for (const output of node.outputs) sources.set(output, id)
    const outputShape = types.get(id)?.dims
    const layer = layerOf.get(id)
    return [
      {
        id,
        name: node.name === '' ? id : node.name,
        operator: node.opType,
        inputs,
        ...(outputShape !== undefined && { outputShape }),
        ...(layer !== undefined && { layer }),
      },
    ]
  })
}

function idOf(node: Node): string {
  return node.outputs.find((name) => name !== '') ?? node.name
}

function findObstacles(nodes: readonly Node[], listed: readonly ModelNode[]): TrainingObstacle[] {
  const ids = new Set(listed.map(({ id }) => id))
  return nodes.flatMap((node) => {
    const hasRule = rules.differentiable.has(node.opType) || rules.withoutGradient.has(node.opType)
    if (!ids.has(idOf(node)) || (hasRule && node.domain === '')) return []
    const reason = `${describeNode(node)} has no gradient rule, so nothing before it can be trained.`
    return [{ node: idOf(node), operator: node.opType, reason }]
  })
}
