import { matchMaxPoolGradient } from './max-pool-gradient.ts'
import { matchReluGradient } from './relu-gradient.ts'
import type { Rewrite } from './rewrite.ts'

/**
 * Masks what goes back through a pool of r by [y > 0] instead of what came back by [r > 0], on fewer elements: a
 * gradient only reaches the maximum of a window, and there r is y.
 */
export const reluGradientBeforeMaxPool: Rewrite = {
  apply(node, site) {
    const relu = matchReluGradient(node, site)
    const poolGradient = relu && site.producer(relu.dY)
    const pool = poolGradient && matchMaxPoolGradient(poolGradient, site)
    if (relu === undefined || pool === undefined || pool.x !== relu.y) return false
    const zero = node.inputs[2] as string
    const masked = site.op('Where', [site.op('Greater', [pool.y, zero]), pool.dY, zero])
    const flat = site.op('Reshape', [masked, site.ints([-1])])
    const scatter = site.producer(poolGradient?.inputs[0] as string)
    const [zeros, indices] = scatter?.inputs as readonly [string, string]
    const scattered = site.op('ScatterElements', [zeros, indices, flat], { axis: 0, reduction: 'add' })
    return site.replaceBy('Reshape', [scattered, poolGradient?.inputs[1] as string])
  },
}
