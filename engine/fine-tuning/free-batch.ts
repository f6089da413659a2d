import { type Graph, type Node, type TensorType, int64Tensor } from '../onnx/graph.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { valuesBehind } from './graph-values.ts'

/** Name of the size that is free. */
export const batchSymbol = 'batch'

export interface FreedGraph {
  readonly graph: Graph
  /** The shape that each Reshape now asks for where the file had the number of pictures in it, by its output. */
  readonly targetShapes: ReadonlyMap<string, readonly number[]>
}

/**
 * `graph` for any number of pictures: the number that the file fixed at its input, and again in the shapes it reshapes
 * to, is free. `types` are those of the file.
 */
export function freeBatch(graph: Graph, input: string, types: ReadonlyMap<string, TensorType>): FreedGraph {
  const fixed = types.get(input)?.dims[0]
  const reached = valuesBehind(graph, input)
  const targetShapes = new Map<string, readonly number[]>()
  const builder = new GraphBuilder({ ...graph, nodes: [], inputs: [] })
  for (const info of graph.inputs) {
    const isImage = info.name === input && info.type !== undefined
    const type = isImage ? { ...info.type, dims: [batchSymbol, ...info.type.dims.slice(1)] } : info.type
    builder.input({ ...info, type })
  }
  for (const node of graph.nodes) {
    const shape = reached.has(node.inputs[0] ?? '') ? freedShape(node, fixed, graph, types) : undefined
    if (shape === undefined) {
      builder.add(node)
      continue
    }
    const [output = ''] = node.outputs
    targetShapes.set(output, shape)
    const constant = builder.constant(`${output}/shape`, int64Tensor([shape.length], shape))
    builder.add({ ...node, inputs: [node.inputs[0] ?? '', constant] })
  }
  return { graph: builder.build(graph.name, graph.documentation), targetShapes }
}

/** The constant shape of a Reshape with its first size free; undefined where it fixes no number of pictures. */
function freedShape(
  node: Node,
  fixed: number | string | undefined,
  graph: Graph,
  types: ReadonlyMap<string, TensorType>,
): readonly number[] | undefined {
  if (node.opType !== 'Reshape' || typeof fixed !== 'number') return undefined
  const data = graph.initializers.get(node.inputs[1] ?? '')?.data
  if (!(data instanceof BigInt64Array) || types.get(node.inputs[0] ?? '')?.dims[0] !== fixed) return undefined
  const [first, ...rest] = [...data].map(Number)
  if (first !== fixed) return undefined
  // 0 takes over the size of the input; where another size is to be found out already, this one cannot be.
  return [rest.includes(-1) ? 0 : -1, ...rest]
}
