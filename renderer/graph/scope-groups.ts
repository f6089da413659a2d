import type { GraphGroup, GraphItem } from './graph-items.ts'
import type { GraphNode } from './graph-subject.ts'

interface Scope {
  readonly path: string
  readonly children: (GraphNode | Scope)[]
  readonly scopes: Map<string, Scope>
}

/** The modules a file names as groups within groups; a module of one part is that part. */
export function groupScopes(nodes: readonly GraphNode[]): readonly GraphItem[] {
  const root: Scope = { path: '', children: [], scopes: new Map() }
  for (const node of nodes) scopeOf(root, node.scope ?? '').children.push(node)
  let items = itemsOf(root)
  // A module around everything tells nothing.
  while (items.length === 1 && items[0]?.kind === 'group') items = items[0].members
  return items
}

function scopeOf(root: Scope, path: string): Scope {
  let scope = root
  for (const part of path.split(/[./]/).filter(Boolean)) {
    let inner = scope.scopes.get(part)
    if (inner === undefined) {
      inner = { path: scope.path === '' ? part : `${scope.path}.${part}`, children: [], scopes: new Map() }
      scope.scopes.set(part, inner)
      scope.children.push(inner)
    }
    scope = inner
  }
  return scope
}

function itemsOf(scope: Scope): readonly GraphItem[] {
  return scope.children.flatMap((child): readonly GraphItem[] => {
    if (!('scopes' in child)) return [{ kind: 'node', id: child.id, node: child }]
    const members = itemsOf(child)
    if (members.length <= 1) return members
    const group: GraphGroup = { kind: 'group', id: `scope:${child.path}`, origin: 'scope', title: child.path, members }
    return [group]
  })
}
