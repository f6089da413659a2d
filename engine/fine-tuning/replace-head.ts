import { type Initializer, initialWeights } from '../architectures/initial-weights.ts'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Graph, type Tensor, elementCount, float32Tensor, int64Tensor } from '../onnx/graph.ts'
import { randomStream } from '../random/stream.ts'
import { withConstant } from './graph-values.ts'
import type { Head, PerClassTensor } from './head.ts'

export interface ReplacedHead {
  readonly graph: Graph
  /** The fresh tensors, by the value they take the place of. */
  readonly values: ReadonlyMap<string, Tensor>
  /** The shapes asked for with the new number of classes, by the output of the Reshape. */
  readonly targetShapes: ReadonlyMap<string, readonly number[]>
}

/** `graph` with a head for `classes` classes, its weights drawn with `seed` as those of any new layer are. */
export function replaceHead(
  graph: Graph,
  head: Head,
  classes: number,
  initializer: Initializer,
  seed: number,
): ReplacedHead {
  const values = new Map<string, Tensor>()
  for (const tensor of head.tensors) values.set(tensor.name, freshTensor(tensor, classes, initializer, seed))
  let current = graph
  for (const [name, tensor] of values) current = withConstant(current, name, tensor)
  const shapes = head.reshapes.map(({ output, shape, axis }) => [output, shape.with(axis, classes)] as const)
  const targetShapes = new Map(shapes)
  return { graph: withTargetShapes(current, targetShapes), values, targetShapes }
}

function freshTensor(
  { dims, classAxis, fresh }: PerClassTensor,
  classes: number,
  initializer: Initializer,
  seed: number,
): Tensor {
  const freshDims = dims.with(classAxis, classes)
  if (typeof fresh === 'number') return float32Tensor(freshDims, new Float32Array(elementCount(freshDims)).fill(fresh))
  const stream = randomStream(seed, 'weights', 'head')
  const scale = fresh === 'smallWeights' ? 0.1 : 1
  const draw = (shape: readonly number[]) =>
    (initialWeights(shape, initializer, stream).data as Float32Array).map((value) => scale * value)
  if (classAxis === 0) return float32Tensor(freshDims, draw(freshDims))
  const inputs = dims[0] as number
  const rows = draw([classes, inputs])
  const columns = new Float32Array(rows.length)
  for (let unit = 0; unit < classes; unit++) {
    for (let input = 0; input < inputs; input++) columns[input * classes + unit] = rows[unit * inputs + input] as number
  }
  return float32Tensor(freshDims, columns)
}

/** `graph` with other constant shapes for some of its Reshapes, given by their output. */
function withTargetShapes(graph: Graph, targetShapes: ReadonlyMap<string, readonly number[]>): Graph {
  if (targetShapes.size === 0) return graph
  const builder = new GraphBuilder({ ...graph, nodes: [] })
  for (const node of graph.nodes) {
    const shape = targetShapes.get(node.outputs[0] ?? '')
    if (shape === undefined) builder.add(node)
    else {
      const constant = builder.constant(`${node.outputs[0]}/shape`, int64Tensor([shape.length], shape))
      builder.add({ ...node, inputs: [node.inputs[0] ?? '', constant] })
    }
  }
  return builder.build(graph.name, graph.documentation)
}
