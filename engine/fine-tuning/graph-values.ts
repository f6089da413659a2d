import { pruneGraph } from '../onnx/graph-edit.ts'
import { dataTypeCode } from '../onnx/data-types.ts'
import { type Graph, type Node, type Tensor, intAttribute } from '../onnx/graph.ts'

/** The node that gives each value. */
export function producersOf(graph: Graph): ReadonlyMap<string, Node> {
  return new Map(graph.nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)))
}

/** `graph` with the value `name` a constant, whatever gave it before; what nothing else needs any more is left out. */
export function withConstant(graph: Graph, name: string, tensor: Tensor): Graph {
  const nodes = graph.nodes.filter((node) => !node.outputs.includes(name))
  const changed = { ...graph, nodes, initializers: new Map([...graph.initializers, [name, tensor]]) }
  return nodes.length === graph.nodes.length ? changed : pruneGraph(changed, changed.outputs)
}

/** Operators that hand a constant on in another arrangement, or as it is. */
const arranging: ReadonlySet<string> = new Set(['Identity', 'Reshape', 'Transpose', 'Squeeze', 'Unsqueeze', 'Flatten'])

/** The float32 initializer that a value is or is arranged from; undefined where it is computed otherwise. */
export function initializerBehind(
  graph: Graph,
  producers: ReadonlyMap<string, Node>,
  value: string,
): string | undefined {
  let name = value
  for (;;) {
    const tensor = graph.initializers.get(name)
    if (tensor !== undefined) return tensor.dataType === 'float32' ? name : undefined
    const node = producers.get(name)
    if (node === undefined || !(arranging.has(node.opType) || isCastToFloat32(node))) return undefined
    name = node.inputs[0] ?? ''
  }
}

/** What is left of a conversion between floating-point types where all of them have become float32. */
function isCastToFloat32(node: Node): boolean {
  return node.opType === 'Cast' && intAttribute(node, 'to', 0) === dataTypeCode('float32')
}

/** Values that depend on `input`. */
export function valuesBehind(graph: Graph, input: string): ReadonlySet<string> {
  const reached = new Set([input])
  for (const node of graph.nodes) {
    if (node.inputs.some((name) => reached.has(name))) for (const output of node.outputs) reached.add(output)
  }
  reached.delete('')
  return reached
}
