import { describe, expect, it } from 'vitest'
import { ResizedNetwork, relativeDifference } from '../../tests/engine/resized-network.ts'
import { pieces, randomNetwork } from '../../tests/engine/random-network.ts'
import type { KernelLayer } from '../models/kernel-layers.ts'
import type { Graph } from '../onnx/graph.ts'
import { randomStream } from '../random/stream.ts'
import { ResizingError } from './resizing-error.ts'

const names = Object.keys(pieces)
const TOLERANCE = 1e-5

/** The resized graph, or the sentence about why there is none. */
function attempt(resize: () => Graph): Graph | string {
  try {
    return resize()
  } catch (error) {
    if (error instanceof ResizingError) return error.message
    throw error
  }
}

const again = (graph: Graph, layer: KernelLayer) => {
  const network = new ResizedNetwork(graph)
  return { network, layer: network.layers.find(({ node }) => node.outputs[0] === layer.node.outputs[0])! }
}

/** Every layer of a network with fewer filters, and with more; what came of it for each. */
async function tryAll(graph: Graph, seed: number): Promise<{ shrunk: number; grown: number; refused: string[] }> {
  const network = new ResizedNetwork(graph)
  const whole = await network.whole()
  const found = { shrunk: 0, grown: 0, refused: [] as string[] }
  for (const layer of network.layers) {
    const [filters] = layer.shape
    const stream = randomStream(seed, layer.node.outputs[0] ?? '')
    const all = Array.from({ length: filters }, (_, filter) => filter)
    const kept = all.filter((filter) => filter === seed % filters || stream.integer(3) > 0)
    const less = attempt(() => network.resize(layer, { kept, added: 0 }))
    if (typeof less === 'string') found.refused.push(less)
    else {
      const masked = await network.masked(layer, kept)
      expect(relativeDifference(masked, await network.whole(less))).toBeLessThan(TOLERANCE)
      expect(again(less, layer).layer.shape[0]).toBe(kept.length)
      found.shrunk++
    }
    const more = attempt(() => network.resize(layer, { kept: all, added: 3 }))
    if (typeof more === 'string') found.refused.push(more)
    else {
      expect(relativeDifference(whole, await network.whole(more))).toBeLessThan(TOLERANCE)
      // Nothing reads the filters that came: without them, and without one of the others, too.
      const larger = again(more, layer)
      const back = larger.network.resize(larger.layer, { kept: [...all, filters + 1], added: 0 })
      expect(relativeDifference(whole, await network.whole(back))).toBeLessThan(TOLERANCE)
      found.grown++
    }
  }
  for (const sentence of found.refused) expect(sentence).toMatch(/^[A-Z'].*[a-z)\]]\.$/)
  return found
}

/** What the first convolution can have where a piece lies behind it: fewer and more filters, only fewer, or no others. */
const outcomes: Readonly<Record<string, 'any' | 'fewer' | 'none'>> = {
  'convolution in two groups': 'none',
  'group normalisation': 'none',
  'layer normalisation over channels': 'none',
  'local response normalisation': 'none',
  'pooling with indices that are used': 'none',
  'pooling with indices that are added': 'none',
  'a sum with what a convolution makes of them': 'none',
  'squeeze and excite': 'none',
  'channels split and turned round': 'none',
  'some channels cut out': 'none',
  'channels picked': 'none',
  'channels added': 'none',
  'a choice of channels': 'none',
  'shuffled channels': 'none',
  'a mean that is written out': 'none',
  'a scale for each channel': 'none',
  'a root of what is positive here': 'fewer',
  'an exponential': 'fewer',
}

describe('networks of single pieces', () => {
  it.each(names)('%s: computes what it did, or is refused in a sentence', async (name) => {
    for (const seed of [1, 2, 3, 4]) {
      const graph = randomNetwork([name], seed)
      await tryAll(graph, seed)
      const network = new ResizedNetwork(graph)
      const stem = network.layers.find(({ node }) => node.inputs[0] === 'x')!
      const isPossible = (wish: { kept: number[]; added: number }) =>
        typeof attempt(() => network.resize(stem, wish)) !== 'string'
      const found = [isPossible({ kept: [0, 2], added: 0 }), isPossible({ kept: [0, 1, 2, 3], added: 1 })]
      const wanted = { any: [true, true], fewer: [true, false], none: [false, false] }
      expect(found).toEqual(wanted[outcomes[name] ?? 'any'])
    }
  })
})

describe('networks of random pieces', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed + 10))('seed %i', async (seed) => {
    const stream = randomStream(seed, 'pieces')
    const drawn = Array.from({ length: 2 + stream.integer(3) }, () => names[stream.integer(names.length)]!)
    const { shrunk, refused } = await tryAll(randomNetwork(drawn, seed), seed)
    expect(shrunk + refused.length).toBeGreaterThan(0)
  })
})
