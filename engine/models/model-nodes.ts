import { requiredNames } from '../onnx/graph-edit.ts'
import type { Node } from '../onnx/graph.ts'
import type { ModelNode } from '../protocol/models.ts'
import type { GraphFacts } from './graph-facts.ts'
import { modulePath, parentModule } from './module-path.ts'

/** The name of the first value a node gives, which no other node gives. */
export function nodeId(node: Node): string {
  return node.outputs.find((name) => name !== '') ?? node.name
}

/** The nodes that depend on an input, in the order of computation; `layerNames` are those of the layers, by node. */
export function describeNodes(facts: GraphFacts, layerNames: ReadonlyMap<Node, string>): ModelNode[] {
  const sources = new Map(facts.graph.inputs.map(({ name }) => [name, `input:${name}`]))
  const found = facts.graph.nodes.flatMap((node) => {
    const inputs = requiredNames(node).flatMap((name) => sources.get(name) ?? [])
    if (inputs.length === 0) return []
    const id = nodeId(node)
    for (const output of node.outputs) if (output !== '') sources.set(output, id)
    return [{ node, id, inputs: [...new Set(inputs)] }]
  })
  const scopes = findScopes(found, layerNames)
  return found.map(({ node, id, inputs }) => {
    const outputShape = facts.types.get(id)?.dims
    const layer = layerNames.get(node)
    const scope = scopes.get(id)
    return {
      id,
      name: node.name === '' ? id : node.name,
      operator: node.opType,
      inputs,
      ...(outputShape !== undefined && { outputShape }),
      ...(layer !== undefined && { layer }),
      ...(scope !== undefined && { scope }),
    }
  })
}

interface FoundNode {
  readonly node: Node
  readonly id: string
  readonly inputs: readonly string[]
}

/** The module around each node: of its name, else of its weights, else that of the node before it. */
function findScopes(found: readonly FoundNode[], layerNames: ReadonlyMap<Node, string>): ReadonlyMap<string, string> {
  const paths = found.map(({ node }) => modulePath(node.name))
  const users = new Map<string, Set<string>>()
  for (const [index, path] of paths.entries()) {
    users.set(path, (users.get(path) ?? new Set()).add(found[index]?.node.opType ?? ''))
  }
  const parents = new Set([...users.keys()].map(parentModule))
  // A module of one kind of operator, with no module in it, is the operator itself: 'layer1.0.relu'.
  const isOperator = (path: string) => users.get(path)?.size === 1 && !parents.has(path)
  const scopes = new Map<string, string>()
  for (const [index, { node, id, inputs }] of found.entries()) {
    const path = paths[index] ?? ''
    const scope = path === '' ? scopeOfWeights(node, layerNames) : isOperator(path) ? parentModule(path) : path
    const inherited = path === '' ? inputs.flatMap((input) => scopes.get(input) ?? []).at(-1) : undefined
    const known = scope ?? inherited
    if (known !== undefined && known !== '') scopes.set(id, known)
  }
  return scopes
}

/** 'layer1.0' of the weight 'layer1.0.bn1.weight' or of the layer 'layer1.0.conv1'. */
function scopeOfWeights(node: Node, layerNames: ReadonlyMap<Node, string>): string | undefined {
  const layer = layerNames.get(node)
  if (layer !== undefined) return parentModule(layer)
  const weight = node.inputs.find((name) => /[./](weight|running_mean|gamma)$/.test(name))
  const module = weight === undefined ? undefined : parentModule(weight)
  return module === undefined ? undefined : parentModule(module)
}
