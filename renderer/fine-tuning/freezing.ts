import type { ModelLayer, ModelNode } from '../../engine/protocol/models.ts'

/** Layers of one module of the file, to be frozen together. */
export interface LayerGroup {
  /** Empty for layers that belong to no module. */
  readonly name: string
  readonly layers: readonly ModelLayer[]
}

/** The layers in their order, grouped by the outermost module they belong to; neighbours only, so that the order stays. */
export function groupLayers(layers: readonly ModelLayer[], nodes: readonly ModelNode[]): readonly LayerGroup[] {
  const scopes = new Map(nodes.map(({ id, scope }) => [id, scope ?? '']))
  const depth = commonDepth(layers.map(({ nodeId }) => partsOf(scopes.get(nodeId))))
  const groups: { name: string; layers: ModelLayer[] }[] = []
  for (const layer of layers) {
    const name = partsOf(scopes.get(layer.nodeId))
      .slice(0, depth + 1)
      .join('.')
    const last = groups.at(-1)
    if (last?.name === name) last.layers.push(layer)
    else groups.push({ name, layers: [layer] })
  }
  // A module of one layer is that layer.
  return groups.every((group) => group.layers.length === 1) ? [{ name: '', layers }] : groups
}

const partsOf = (scope: string | undefined): string[] => (scope ?? '').split(/[./]/).filter(Boolean)

/** How many parts all scopes begin with alike: a module around everything groups nothing. */
function commonDepth(scopes: readonly string[][]): number {
  const [first = []] = scopes
  let depth = 0
  while (depth < first.length - 1 && scopes.every((parts) => parts[depth] === first[depth])) depth++
  return depth
}

/** The names of all layers up to and with one of them. */
export function upTo(layers: readonly ModelLayer[], name: string): readonly string[] {
  const at = layers.findIndex((layer) => layer.name === name)
  return layers.slice(0, at + 1).map((layer) => layer.name)
}

/** The names of all layers before the last one, which gives the classes. */
export function allButHead(layers: readonly ModelLayer[], head: string | undefined): readonly string[] {
  const last = head ?? layers.at(-1)?.name
  return layers.map(({ name }) => name).filter((name) => name !== last)
}
