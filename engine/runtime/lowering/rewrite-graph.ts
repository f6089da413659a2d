import { type AttributeInput, GraphBuilder } from '../../onnx/graph-builder.ts'
import type { Graph, Node } from '../../onnx/graph.ts'
import { pruneGraph, requiredNames } from '../../onnx/graph-edit.ts'
import { BatchLast } from './batch-last.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'
import { type Surroundings, surroundingsOf } from './surroundings.ts'

/** One pass: at each node the first of `rewrites` that fits; then what nobody reads any more is dropped. */
export function rewriteGraph(graph: Graph, rewrites: readonly Rewrite[]): Graph {
  const surroundings = surroundingsOf(graph)
  const builder = new GraphBuilder({ ...graph, nodes: [] })
  const batchLast = new BatchLast(builder)
  const memory = new Map<string, unknown>()
  let changed = false
  for (const node of graph.nodes) {
    const site = siteAt(node, builder, surroundings, batchLast, memory)
    if (rewrites.some((rewrite) => rewrite.apply(node, site))) changed = true
    else site.add(node)
  }
  if (!changed) return graph
  batchLast.turnBack(graph.outputs.map(({ name }) => name))
  return pruneGraph(builder.build(graph.name, graph.documentation), graph.outputs)
}

function siteAt(
  node: Node,
  builder: GraphBuilder,
  surroundings: Surroundings,
  batchLast: BatchLast,
  memory: Map<string, unknown>,
): Site {
  const replaced = node.outputs[0] as string
  const op = (opType: string, inputs: readonly string[], attributes: AttributeInput | undefined, name: string) => {
    batchLast.turnBack(inputs)
    return builder.op(opType, inputs, attributes, { name })
  }
  return {
    ...surroundings,
    op: (opType, inputs, attributes) => op(opType, inputs, attributes, freeName(opType)),
    add(added) {
      batchLast.turnBack(requiredNames(added))
      builder.add(added)
      return true
    },
    replaceBy(opType, inputs, attributes) {
      op(opType, inputs, attributes, replaced)
      return true
    },
    name: (part) => builder.uniqueName(freeName(part)),
    ints: (values) => builder.ints(values),
    scalar: (value) => builder.scalar(value),
    tensor: (name, value) => builder.constant(freeName(name), value),
    isBatchLast: (tensor) => batchLast.has(tensor),
    batchLast: (tensor) => batchLast.get(tensor),
    replaceByBatchLast(value) {
      batchLast.define(replaced, value)
      return true
    },
    turned: (tensor, permutation) => batchLast.turned(tensor, permutation),
    nextNumber() {
      const next = ((memory.get('number') as number | undefined) ?? 0) + 1
      memory.set('number', next)
      return next
    },
    shared<Value>(key: string, make: () => Value): Value {
      if (!memory.has(key)) memory.set(key, make())
      return memory.get(key) as Value
    },
  }

  /** Nodes that come later keep their names. */
  function freeName(part: string): string {
    let name = `${replaced}/${part}`
    while (surroundings.producer(name) !== undefined) name += '/lowered'
    return name
  }
}
