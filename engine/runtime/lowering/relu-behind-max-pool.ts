import type { Node } from '../../onnx/graph.ts'
import { gradientsBehind } from './max-pool-gradient.ts'
import { matchReluGradient } from './relu-gradient.ts'
import type { Rewrite } from './rewrite.ts'
import type { Site } from './site.ts'

/**
 * MaxPool(Relu(z)) = Relu(MaxPool(z)), on fewer elements. Where all of a window is negative, its maximum is found
 * elsewhere than before, so this is done only if every gradient that follows the pool's Indices is masked by [y > 0].
 */
export const reluBehindMaxPool: Rewrite = {
  apply(node, site) {
    if (node.opType !== 'MaxPool' || node.domain !== '') return false
    const relu = site.producedBy(node.inputs[0] as string, 'Relu')
    if (relu === undefined || !gradientsAreMasked(node, site)) return false
    const pooled = site.name('before-relu')
    site.add({ ...node, name: pooled, inputs: relu.inputs, outputs: [pooled, ...node.outputs.slice(1)] })
    return site.replaceBy('Relu', [pooled])
  },
}

function gradientsAreMasked(pool: Node, site: Site): boolean {
  const gradients = gradientsBehind(pool, site)
  return (
    gradients?.every(({ y, dY }) => {
      const mask = site.producer(dY)
      return mask !== undefined && matchReluGradient(mask, site)?.y === y
    }) ?? false
  )
}
