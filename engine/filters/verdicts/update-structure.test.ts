import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import { NullLibrary } from '../nulls/null-library.ts'
import { type LayerVerdict, judgeLayer } from './judge-layer.ts'
import { updatesSinceBirth, withUpdates } from './update-structure.ts'

const tools = { nulls: new NullLibrary() }
const shape = [8, 1, 7, 7] as const
const size = 8 * 49

function noise(...key: readonly (string | number)[]): Float32Array {
  const stream = randomStream('update', ...key)
  return Float32Array.from({ length: size }, () => stream.normal())
}

/** One soft stroke through each filter, in a direction of its own. */
const strokes = Float32Array.from({ length: size }, (_, index) => {
  const [filter, y, x] = [Math.floor(index / 49), Math.floor((index % 49) / 7) - 3, (index % 7) - 3]
  return Math.exp(-((x * Math.cos(filter) + y * Math.sin(filter)) ** 2) / 2)
})

const sum = (birth: Float32Array, stretch: number, change: Float32Array, strength: number): LayerWeights => ({
  shape,
  values: birth.map((value, index) => stretch * value + strength * change[index]!),
})

async function judged(now: LayerWeights, birth: Float32Array): Promise<LayerVerdict> {
  const updates = await judgeLayer(updatesSinceBirth(now, { shape, values: birth }), tools)
  return withUpdates(await judgeLayer(now, tools), updates)
}

describe('what has changed since birth', () => {
  it('is what stands at a right angle to the birth, filter by filter', () => {
    const birth = noise('birth')
    const { values } = updatesSinceBirth(sum(birth, 1.3, strokes, 0.2), { shape, values: birth })
    for (let filter = 0; filter < 8; filter++) {
      let inner = 0
      let square = 0
      for (let k = filter * 49; k < (filter + 1) * 49; k++) {
        inner += values[k]! * birth[k]!
        square += values[k]! ** 2
      }
      expect(Math.abs(inner)).toBeLessThan(1e-5)
      expect(square).toBeGreaterThan(0.01)
    }
  })

  it('is nothing for a filter that is its birth, only longer or turned round', () => {
    const birth = noise('birth')
    for (const stretch of [1, 1.37, -0.6]) {
      const { values } = updatesSinceBirth(sum(birth, stretch, strokes, 0), { shape, values: birth })
      expect(values.every((value) => value === 0)).toBe(true)
    }
  })

  it('is all of a filter that was born as nothing', () => {
    const now = sum(noise('birth'), 0, strokes, 1)
    expect(updatesSinceBirth(now, { shape, values: new Float32Array(size) }).values).toEqual(now.values)
  })
})

describe('a filter that cannot be told from chance', () => {
  it('is emerging where its change can, and so is its layer', async () => {
    const birth = noise('birth')
    const now = sum(birth, 1, strokes, 0.2)
    expect((await judgeLayer(now, tools)).verdict).toBe('random')
    const { verdict, updateP, filters } = await judged(now, birth)
    expect(verdict).toBe('emerging')
    expect(updateP).toBeLessThan(1e-6)
    expect(filters.map((filter) => filter.verdict)).toEqual(new Array(8).fill('emerging'))
    for (const { q, update } of filters) {
      expect(q).toBeGreaterThan(0.05)
      expect(update?.q).toBeLessThanOrEqual(0.05)
    }
  })

  it('stays random where it changed by chance', async () => {
    let called = 0
    for (let index = 0; index < 100; index++) {
      const birth = noise('birth', index)
      const { filters } = await judged(sum(birth, 1, noise('change', index), 0.3), birth)
      called += filters.filter(({ update }) => update!.q <= 0.05).length
    }
    // Benjamini and Hochberg let pass one layer of twenty.
    expect(called / 800).toBeLessThanOrEqual(0.02)
  })

  it('has no change to tell of where it has not changed', async () => {
    const birth = noise('birth')
    const { filters, updateP } = await judged(sum(birth, 1, strokes, 0), birth)
    expect(updateP).toBeUndefined()
    expect(filters.every(({ update }) => update === undefined)).toBe(true)
  })
})

it('takes no verdict away that a filter has by itself', async () => {
  const birth = noise('birth')
  const now = sum(birth, 0.05, strokes, 1)
  const alone = await judgeLayer(now, tools)
  const { verdict, filters } = await judged(now, birth)
  expect(verdict).toBe('structured')
  expect(filters.map((filter) => filter.verdict)).toEqual(alone.filters.map((filter) => filter.verdict))
})
