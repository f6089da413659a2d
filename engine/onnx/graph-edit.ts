import type { Attribute, Graph, Node, ValueInfo } from './graph.ts'
import { ModelError } from './model-error.ts'

/** Names a node needs from its graph: its inputs, and what the bodies in its attributes (Loop, If, Scan) take from outside. */
export function requiredNames(node: Node): readonly string[] {
  const inputs = node.inputs.filter((name) => name !== '')
  const bodies = Object.values(node.attributes).filter((attribute) => attribute.kind === 'graph')
  return bodies.length === 0 ? inputs : [...inputs, ...bodies.flatMap((body) => capturedNames(body.value))]
}

/** Names a body uses without defining them: values of the graph around it. */
export function capturedNames(body: Graph): readonly string[] {
  const defined = new Set([...body.inputs.map((input) => input.name), ...body.initializers.keys()])
  for (const node of body.nodes) for (const name of node.outputs) defined.add(name)
  const used = new Set([...body.nodes.flatMap(requiredNames), ...body.outputs.map((output) => output.name)])
  return [...used].filter((name) => !defined.has(name))
}

/**
 * `nodes` so ordered that each comes after those whose outputs it needs; an order that is already right is kept.
 * Throws ModelError where nodes need each other in a circle.
 */
export function topologicalOrder(nodes: readonly Node[]): readonly Node[] {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)))
  producers.delete('')
  const ordered: Node[] = []
  const finished = new Set<Node>()
  const open = new Set<Node>()
  for (const start of nodes) {
    // An explicit stack: networks are deeper than the call stack.
    const stack = [start]
    while (stack.length > 0) {
      const node = stack.at(-1) as Node
      const waiting = finished.has(node) ? [] : unfinishedProducers(node, producers, finished)
      if (waiting.length === 0) {
        stack.pop()
        open.delete(node)
        if (!finished.has(node)) ordered.push(node)
        finished.add(node)
        continue
      }
      open.add(node)
      const circular = waiting.find((producer) => open.has(producer))
      if (circular !== undefined) {
        throw new ModelError(
          `The node ${describeNode(node)} and the node ${describeNode(circular)} each need the other's result: the graph has a circle.`,
        )
      }
      for (const producer of waiting) stack.push(producer)
    }
  }
  return ordered
}

function unfinishedProducers(node: Node, producers: ReadonlyMap<string, Node>, finished: ReadonlySet<Node>): Node[] {
  const waiting: Node[] = []
  for (const name of requiredNames(node)) {
    const producer = producers.get(name)
    if (producer !== undefined && !finished.has(producer)) waiting.push(producer)
  }
  return waiting.reverse()
}

/** How a sentence names a node: `'conv1' (Conv)`, by its first output where it has no name. */
export function describeNode(node: Node): string {
  return `'${node.name === '' ? (node.outputs[0] ?? '') : node.name}' (${node.opType})`
}

/**
 * `graph` with `outputs` as its only outputs, without the nodes and initializers that none of them needs.
 * Inputs stay, so that whoever feeds the graph need not change.
 */
export function pruneGraph(graph: Graph, outputs: readonly ValueInfo[]): Graph {
  const needed = new Set(outputs.map((output) => output.name))
  const kept: Node[] = []
  for (const node of graph.nodes.toReversed()) {
    if (!node.outputs.some((name) => needed.has(name))) continue
    kept.push(node)
    for (const name of requiredNames(node)) needed.add(name)
  }
  return {
    ...graph,
    nodes: kept.reverse(),
    outputs,
    initializers: new Map([...graph.initializers].filter(([name]) => needed.has(name))),
  }
}

/** `graph` with every value in `names` (old name to new name) renamed wherever it is used, bodies included. */
export function renameValues(graph: Graph, names: ReadonlyMap<string, string>): Graph {
  const rename = (name: string): string => names.get(name) ?? name
  const renameInfo = (info: ValueInfo): ValueInfo => ({ ...info, name: rename(info.name) })
  const renameAttribute = (attribute: Attribute): Attribute =>
    attribute.kind === 'graph' ? { kind: 'graph', value: renameValues(attribute.value, names) } : attribute
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({
      ...node,
      inputs: node.inputs.map(rename),
      outputs: node.outputs.map(rename),
      attributes: Object.fromEntries(
        Object.entries(node.attributes).map(([key, attribute]) => [key, renameAttribute(attribute)]),
      ),
    })),
    inputs: graph.inputs.map(renameInfo),
    outputs: graph.outputs.map(renameInfo),
    initializers: new Map([...graph.initializers].map(([name, tensor]) => [rename(name), tensor])),
  }
}
