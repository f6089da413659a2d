import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Node, type Tensor, float32Tensor, floatAttribute } from '../../engine/onnx/graph.ts'
import { floats } from './compare-gradients.ts'
import { runOnCpu } from './run-on-cpu.ts'

const kinked = new Set(['Clip', 'LeakyRelu', 'MaxPool', 'Relu'])

/**
 * The graph with every choice that it makes for `feeds` made for good: the elements that a Relu or Clip lets through and
 * those that a MaxPool takes. There it has the same values and slopes, and no kinks anywhere, so that a difference may
 * take steps large enough to be seen in float32. The choices are read off a run, not off any gradient rule.
 */
export async function withFrozenKinks(graph: Graph, feeds: Readonly<Record<string, Tensor>>): Promise<Graph> {
  const nodes = graph.nodes.map((node) =>
    node.opType === 'MaxPool' ? { ...node, outputs: [node.outputs[0] as string, indicesOf(node)] } : node,
  )
  const read = nodes.flatMap((node) => (kinked.has(node.opType) ? [node.inputs[0] as string, ...node.outputs] : []))
  const computed = new Set(nodes.flatMap(({ outputs }) => outputs))
  const outputs = [...new Set(read)].filter((name) => computed.has(name)).map((name) => ({ name, type: undefined }))
  if (outputs.length === 0) return graph
  const seen: Record<string, Tensor> = { ...feeds, ...(await runOnCpu({ ...graph, nodes, outputs }, feeds)) }
  const builder = new GraphBuilder({ ...graph, nodes: [], outputs: [] })
  for (const node of graph.nodes) {
    if (kinked.has(node.opType)) emitFrozen(builder, node, seen)
    else builder.add(node)
  }
  return { ...builder.build(graph.name), outputs: graph.outputs }
}

function indicesOf(node: Node): string {
  return `${node.outputs[0]}/frozen-indices`
}

function emitFrozen(builder: GraphBuilder, node: Node, seen: Readonly<Record<string, Tensor>>): void {
  const [input, output] = [node.inputs[0] as string, node.outputs[0] as string]
  const [x, y] = [seen[input] as Tensor, seen[output] as Tensor]
  if (node.opType === 'MaxPool') {
    const indices = seen[indicesOf(node)] as Tensor
    const flat = builder.op('Reshape', [input, builder.ints([-1])])
    builder.op('Gather', [flat, builder.constant(indicesOf(node), indices)], { axis: 0 }, { name: output })
    return
  }
  const slope = node.opType === 'LeakyRelu' ? floatAttribute(node, 'alpha', 0.01) : 0
  const [before, after] = [floats(x), floats(y)]
  const isKept = (at: number) => (node.opType === 'Clip' ? after[at] === before[at] : (before[at] as number) > 0)
  const factor = float32Tensor(
    x.dims,
    before.map((_, at) => (isKept(at) ? 1 : slope)),
  )
  const rest = float32Tensor(
    x.dims,
    before.map((value, at) => (isKept(at) ? 0 : (after[at] as number) - slope * value)),
  )
  const product = builder.op('Mul', [input, builder.constant(`${output}/factor`, factor)])
  builder.op('Add', [product, builder.constant(`${output}/rest`, rest)], {}, { name: output })
}
