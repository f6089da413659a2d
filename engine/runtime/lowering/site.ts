import { type AttributeInput, GraphBuilder } from '../../onnx/graph-builder.ts'
import type { Dimension, Graph, Node, Tensor } from '../../onnx/graph.ts'
import { pruneGraph } from '../../onnx/graph-edit.ts'
import { inferShapes } from '../../onnx/infer-shapes.ts'
import type { Rewrite } from './rewrite.ts'

/** The graph around the node a rewrite looks at, and the place where its replacement goes. */
export interface Site {
  /** The node that computes a tensor; undefined for inputs and constants. */
  producer(tensor: string): Node | undefined
  /** The producer if it is an operator of that type. */
  producedBy(tensor: string, opType: string): Node | undefined
  readers(tensor: string): readonly Node[]
  isGraphOutput(tensor: string): boolean
  constant(tensor: string): Tensor | undefined
  /** The sizes where shape inference knows them; a name stands for one it does not. */
  dims(tensor: string): readonly Dimension[] | undefined
  /** The sizes where all of them are known. */
  knownDims(tensor: string): readonly number[] | undefined
  /** Appends an operator and returns its output, named after the node that is replaced. */
  op(opType: string, inputs: readonly string[], attributes?: AttributeInput): string
  /** Appends the operator whose output takes the place of the replaced node's first output. */
  replaceBy(opType: string, inputs: readonly string[], attributes?: AttributeInput): true
  ints(values: readonly number[]): string
  floats(values: readonly number[]): string
  scalar(value: number): string
  tensor(name: string, value: Tensor): string
}

/** Applies one rewrite wherever it fits, then drops what nobody reads any more. */
export function rewriteGraph(graph: Graph, rewrite: Rewrite): Graph {
  const surroundings = indexGraph(graph)
  const builder = new GraphBuilder()
  for (const input of graph.inputs) builder.input(input)
  for (const [name, tensor] of graph.initializers) builder.initializer(name, tensor)
  for (const output of graph.outputs) builder.output(output)
  // Later nodes keep their names, so that what is emitted before them must not take one.
  for (const node of graph.nodes) for (const name of node.outputs) if (name !== '') builder.uniqueName(name)
  let changed = false
  for (const node of graph.nodes) {
    if (rewrite.apply(node, siteAt(node, builder, surroundings))) changed = true
    else builder.add(node)
  }
  if (!changed) return graph
  return pruneGraph(builder.build(graph.name, graph.documentation), graph.outputs)
}

type Surroundings = Omit<Site, 'op' | 'replaceBy' | 'ints' | 'floats' | 'scalar' | 'tensor'>

function indexGraph(graph: Graph): Surroundings {
  const types = inferShapes(graph)
  const producers = new Map<string, Node>()
  const readers = new Map<string, Node[]>()
  for (const node of graph.nodes) {
    for (const name of node.outputs) producers.set(name, node)
    for (const name of new Set(node.inputs)) {
      const known = readers.get(name)
      if (known === undefined) readers.set(name, [node])
      else known.push(node)
    }
  }
  const outputs = new Set(graph.outputs.map(({ name }) => name))
  const dims = (tensor: string) => types.get(tensor)?.dims ?? graph.initializers.get(tensor)?.dims
  return {
    producer: (tensor) => producers.get(tensor),
    producedBy(tensor, opType) {
      const node = producers.get(tensor)
      return node?.opType === opType && node.domain === '' ? node : undefined
    },
    readers: (tensor) => readers.get(tensor) ?? [],
    isGraphOutput: (tensor) => outputs.has(tensor),
    constant: (tensor) => graph.initializers.get(tensor),
    dims,
    knownDims(tensor) {
      const sizes = dims(tensor)
      return sizes?.every((size) => typeof size === 'number') ? sizes : undefined
    },
  }
}

function siteAt(node: Node, builder: GraphBuilder, surroundings: Surroundings): Site {
  const replaced = node.outputs[0] as string
  return {
    ...surroundings,
    op: (opType, inputs, attributes) => builder.op(opType, inputs, attributes, { name: `${replaced}/${opType}` }),
    replaceBy(opType, inputs, attributes) {
      const converted = attributesOf(opType, attributes)
      builder.add({ opType, domain: '', name: replaced, inputs, outputs: [replaced], attributes: converted })
      return true
    },
    ints: (values) => builder.ints(values),
    floats: (values) => builder.floats(values),
    scalar: (value) => builder.scalar(value),
    tensor: (name, value) => builder.constant(`${replaced}/${name}`, value),
  }
}

/** The attributes as the builder converts them. */
function attributesOf(opType: string, attributes: AttributeInput | undefined): Node['attributes'] {
  const scratch = new GraphBuilder()
  scratch.op(opType, [], attributes)
  return scratch.nodes[0]?.attributes ?? {}
}
