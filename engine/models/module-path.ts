/**
 * The module a node belongs to, out of the scopes in its name: '/layer1/layer1.0/conv1/Conv' is 'layer1.0.conv1',
 * 'fire2/squeeze1x1/BiasAdd' is 'fire2/squeeze1x1'; empty for a name without scopes.
 */
export function modulePath(nodeName: string): string {
  const name = nodeName.replace(/^StatefulPartitionedCall\//, '')
  if (!name.includes('/')) return ''
  const scopes = name.split('/').slice(0, -1)
  return name.startsWith('/') ? pytorchPath(scopes.filter((scope) => scope !== '')) : scopes.join('/')
}

/** PyTorch repeats the list a module is in: 'layer1', 'layer1.0' stands for one step, not two. */
function pytorchPath(scopes: readonly string[]): string {
  const steps: string[] = []
  for (const scope of scopes) {
    const last = steps.at(-1)
    if (last !== undefined && scope.startsWith(`${last}.`)) steps.pop()
    steps.push(scope)
  }
  return steps.join('.')
}

/** The module around a module: 'layer1.0' for 'layer1.0.conv1'; undefined at the top. */
export function parentModule(path: string): string | undefined {
  const end = path.includes('/') ? path.lastIndexOf('/') : path.lastIndexOf('.')
  return end <= 0 ? undefined : path.slice(0, end)
}
