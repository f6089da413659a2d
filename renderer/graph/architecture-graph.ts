import {
  type Architecture,
  type ArchitectureConcern,
  type ArchitectureDescription,
  IMAGE,
  type InputShape,
  type Layer,
  type LayerKind,
} from '../../engine/protocol/architecture.ts'
import { readsOf } from '../architecture/wiring.ts'
import type { GraphNode, GraphSubject, NodeMark } from './graph-subject.ts'

/** The id that the picture has in the graph. */
export const imageId = `input:${IMAGE}`

/** The ONNX operator a layer becomes, by which the graph knows what it does. */
const operators: Readonly<Record<LayerKind, string>> = {
  conv: 'Conv',
  relu: 'Relu',
  leakyRelu: 'LeakyRelu',
  elu: 'Elu',
  gelu: 'Gelu',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
  maxPool: 'MaxPool',
  averagePool: 'AveragePool',
  globalMaxPool: 'GlobalMaxPool',
  globalAveragePool: 'GlobalAveragePool',
  batchNorm: 'BatchNormalization',
  localResponseNorm: 'LRN',
  dropout: 'Dropout',
  fullyConnected: 'Gemm',
  concat: 'Concat',
  add: 'Add',
  shortcut: 'Pad',
}

/** What is said of a layer that is not as it should be. */
export interface LayerProblems {
  /** Its size is not whole. */
  readonly uneven: string
  readonly concerns: readonly ArchitectureConcern[]
}

/** A network that is being edited as a graph: one node a layer, with its sizes and with what is wrong with it. */
export function architectureGraph(
  { layers }: Architecture,
  title: string,
  known: {
    readonly description: ArchitectureDescription | undefined
    readonly input: InputShape | undefined
    readonly kindText: (kind: LayerKind) => string
    readonly problems: LayerProblems
  },
): GraphSubject {
  const { description, input, kindText, problems } = known
  const described = new Map(description?.layers.map((layer) => [layer.name, layer]))
  const nodes = layers.map((layer, at): GraphNode => {
    const { name, kind } = layer
    const { outputShape, warning } = described.get(name) ?? {}
    const mark = markOf(name, description?.error, warning !== undefined, problems)
    return {
      id: name,
      name,
      layer: name,
      operator: operators[kind],
      title: kindText(kind),
      size: layerSize(layer, input?.classes),
      inputs: readsOf(layers, at).map((read) => (read === IMAGE ? imageId : read)),
      ...(outputShape && { outputShape }),
      ...(mark && { mark }),
    }
  })
  const last = nodes.at(-1)
  const image = input ? [input.channels, input.height, input.width] : []
  return {
    title,
    inputs: [{ name: IMAGE, dataType: 'float32', dims: image }],
    outputs: last ? [{ name: last.id, dataType: 'float32', dims: last.outputShape ?? [] }] : [],
    layers: [],
    nodes,
  }
}

function markOf(
  name: string,
  error: ArchitectureDescription['error'],
  isUneven: boolean,
  { uneven, concerns }: LayerProblems,
): NodeMark | undefined {
  if (error?.layer === name) return { tone: 'danger', message: error.message }
  const concern = concerns.find(({ layer }) => layer === name)
  if (concern) return { tone: 'warning', message: concern.message }
  return isUneven ? { tone: 'warning', message: uneven } : undefined
}

/** '7×7, 64, /2' as papers write it: window, filters, stride; empty for layers without sizes. */
export function layerSize(layer: Layer, classes: number | undefined): string {
  switch (layer.kind) {
    case 'conv':
      return [layer.kernel.join('×'), String(layer.filters), ...strideOf(layer.stride)].join(', ')
    case 'maxPool':
    case 'averagePool':
      return [layer.kernel.join('×'), ...strideOf(layer.stride)].join(', ')
    case 'shortcut':
      return [String(layer.channels), ...strideOf(layer.stride)].join(', ')
    case 'fullyConnected':
      return layer.units === 'classes' ? String(classes ?? '') : String(layer.units)
    case 'dropout':
      return String(layer.rate)
    default:
      return ''
  }
}

function strideOf([height, width]: readonly [number, number]): string[] {
  if (height === 1 && width === 1) return []
  return [height === width ? `/${height}` : `/${height}×${width}`]
}
