import type { KernelLayer } from './kernel-layers.ts'

/** A name for each layer, unique and as a person knows it: from the weight ('conv1.weight'), else the node, else a count. */
export function nameLayers(layers: readonly KernelLayer[]): string[] {
  const taken = new Set<string>()
  return layers.map((layer, index) => {
    const wanted =
      weightStem(layer.weight) ?? (layer.node.name === '' ? `${layer.operator} ${index + 1}` : layer.node.name)
    let name = wanted
    for (let copy = 2; taken.has(name); copy++) name = `${wanted} (${copy})`
    taken.add(name)
    return name
  })
}

function weightStem(weight: string): string | undefined {
  return /^(.+)[._](weight|kernel|w|W|w_0)$/.exec(weight)?.[1]
}
