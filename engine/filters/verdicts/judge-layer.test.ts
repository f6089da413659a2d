import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import type { LayerWeights } from '../measures/layer-weights.ts'
import { describeMeasure } from '../measures/measure.ts'
import { NullLibrary } from '../nulls/null-library.ts'
import { judgeLayer } from './judge-layer.ts'

type Shape = LayerWeights['shape']
const nulls = new NullLibrary()
const judge = (layer: LayerWeights) => judgeLayer(layer, { nulls })

function noise(shape: Shape, seed = 0): Float32Array {
  const stream = randomStream('judge', seed, ...shape)
  return Float32Array.from({ length: shape.reduce((product, size) => product * size) }, () => stream.normal())
}

/** Stripes of another direction in every filter, with a little noise; each slice's mean is not 0. */
function stripes(shape: Shape): Float32Array {
  const [filters, channels, height, width] = shape
  const values = noise(shape)
  let index = 0
  for (let filter = 0; filter < filters; filter++) {
    for (let slice = 0; slice < channels * height; slice++) {
      for (let x = 0; x < width; x++) {
        const y = slice % height
        values[index] = 0.3 * values[index]! + 0.5 + Math.cos(1.2 * (x * Math.cos(filter) + y * Math.sin(filter)))
        index++
      }
    }
  }
  return values
}

const verdictsOf = (layer: { readonly filters: readonly { readonly verdict: string }[] }) =>
  layer.filters.map(({ verdict }) => verdict)

describe('judgeLayer', () => {
  it('tells stripes from noise', async () => {
    const structured = await judge({ shape: [12, 3, 5, 5], values: stripes([12, 3, 5, 5]) })
    expect(structured.verdict).toBe('structured')
    expect(verdictsOf(structured).filter((verdict) => verdict === 'structured').length).toBeGreaterThanOrEqual(11)
    const random = await judge({ shape: [12, 3, 5, 5], values: noise([12, 3, 5, 5]) })
    expect(random.verdict).toBe('random')
    expect(random.p).toBeGreaterThan(0.005)
  })

  it.each([1e-30, 1e-3, 1e30])('finds the same at a scale of %d', async (scale) => {
    const shape: Shape = [8, 2, 3, 3]
    const values = Float64Array.from(stripes(shape))
    const [plain, scaled] = [values, values.map((value) => scale * value)].map((each) => judge({ shape, values: each }))
    const expected = await plain!
    ;(await scaled!).filters.forEach(({ verdict, p }, index) => {
      expect(verdict).toBe(expected.filters[index]!.verdict)
      expect(p! / expected.filters[index]!.p! - 1).toBeCloseTo(0, 6)
    })
  })

  it('names what is dead before it looks for structure, and leaves it out of every test', async () => {
    const shape: Shape = [8, 3, 5, 5]
    const values = stripes(shape)
    const faded = values.map((value, index) => (index < 75 ? 1e-6 * value : value))
    const result = await judge({ shape, values: faded })
    expect(result.filters[0]).toMatchObject({ verdict: 'dead', p: null, q: null })
    const others = await judge({ shape: [7, 3, 5, 5], values: values.slice(75) })
    expect(result.filters.slice(1).map(({ p, q }) => ({ p, q }))).toEqual(others.filters.map(({ p, q }) => ({ p, q })))
    expect(result.p).toBe(others.p)
    expect(result.pi0).toEqual(others.pi0)
  })

  it('finds dead filters also where most of them are', async () => {
    const shape: Shape = [8, 2, 3, 3]
    const values = noise(shape).map((value, index) => (index < 6 * 18 ? 1e-5 * value : value))
    const { verdict, filters } = await judge({ shape, values })
    expect(filters.filter((filter) => filter.verdict === 'dead')).toHaveLength(6)
    expect(verdict).toBe('degenerate')
  })

  it('takes what follows into account: a gain of nothing, or silence on enough pictures', async () => {
    const shape: Shape = [6, 2, 3, 3]
    const values = noise(shape)
    expect((await judge({ shape, values, gains: [1, 1, 0, 1, 1, 1] })).filters[2]?.verdict).toBe('dead')
    const shares = [0.5, 0.2, 0.1, 0.0005, 0.3, 0.4]
    expect((await judge({ shape, values, activity: { shares, pictures: 500 } })).filters[3]?.verdict).toBe('dead')
    expect((await judge({ shape, values, activity: { shares, pictures: 499 } })).filters[3]?.verdict).not.toBe('dead')
  })

  it('calls flat filters, spikes and filters that are no numbers degenerate', async () => {
    const shape: Shape = [9, 2, 3, 3]
    const values = noise(shape)
    values.fill(0.7, 0, 18)
    values.fill(0.01, 18, 36)[20] = 1
    values[40] = Number.NaN
    values[60] = Number.POSITIVE_INFINITY
    const { filters, p } = await judge({ shape, values })
    expect(
      filters
        .slice(0, 5)
        .map(({ verdict }) => verdict)
        .slice(0, 4),
    ).toEqual(Array(4).fill('degenerate'))
    expect(filters.slice(0, 4).every((filter) => filter.p === null && filter.q === null)).toBe(true)
    expect(Number.isFinite(p)).toBe(true)
  })

  it('names copies after the first of them, and mirror images neutrally', async () => {
    const shape: Shape = [8, 3, 3, 3]
    const values = noise(shape)
    values.copyWithin(5 * 27, 27, 2 * 27)
    values.set(
      values.slice(27, 54).map((value) => -2 * value),
      6 * 27,
    )
    const { filters } = await judge({ shape, values })
    expect(filters[1]).not.toHaveProperty('duplicateOf')
    expect(filters[5]).toMatchObject({ verdict: 'duplicate', duplicateOf: 1 })
    expect(filters[6]).toMatchObject({ verdict: 'mirror', duplicateOf: 1 })
  })

  it('does not take chance likeness of small filters for copies', async () => {
    const shape: Shape = [64, 1, 3, 3]
    const { filters } = await judge({ shape, values: noise(shape) })
    expect(verdictsOf({ filters }).filter((verdict) => verdict === 'duplicate' || verdict === 'mirror')).toEqual([])
  })

  it('says where weights are too few to tell', async () => {
    const { verdict, filters } = await judge({ shape: [4, 1, 3, 3], values: noise([4, 1, 3, 3], 3) })
    expect(verdict).toBe('undecidable')
    expect(new Set(verdictsOf({ filters }))).toEqual(new Set(['undecidable']))
  })

  it('recognises an orthogonal initialisation', async () => {
    const shape: Shape = [9, 1, 3, 3]
    const values = Float32Array.from({ length: 81 }, (_, index) => {
      const [row, column] = [Math.floor(index / 9), index % 9]
      return Math.sqrt((row === 0 ? 1 : 2) / 9) * Math.cos((Math.PI * (2 * column + 1) * row) / 18)
    })
    expect((await judge({ shape, values })).isOrthogonal).toBe(true)
    expect((await judge({ shape, values: noise(shape) })).isOrthogonal).toBe(false)
  })

  it('sees a layer whose filters span almost nothing', async () => {
    const shape: Shape = [16, 4, 3, 3]
    const base = noise([1, 4, 3, 3])
    const jitter = noise(shape)
    const values = jitter.map((value, index) => base[index % 36]! + 0.1 * value)
    const { verdict, diversity } = await judge({ shape, values })
    expect(diversity).toBeLessThan(0.25)
    expect(verdict).toBe('degenerate')
  })

  it('describes each measure by the quantiles of chance', async () => {
    const { filters } = await judge({ shape: [8, 3, 5, 5], values: noise([8, 3, 5, 5]) })
    const described = filters[0]!.measures.map(describeMeasure)
    expect(described.map(({ id }) => id)).toEqual(['smooth', 'spectrum', 'shared', 'family', 'nearest'])
    for (const { quantiles } of described) {
      expect(quantiles).toHaveLength(19)
      expect([...quantiles]).toEqual([...quantiles].sort((a, b) => a - b))
    }
    // Chance alone: roughness lies around 1.
    expect(described[0]!.quantiles[9]).toBeCloseTo(1, 1)
  })
})

const oddShapes: Shape[] = [
  [1, 1, 1, 1],
  [1, 1, 3, 3],
  [1, 8, 1, 1],
  [2, 1, 1, 2],
  [8, 1, 1, 2],
  [8, 3, 1, 7],
  [8, 3, 7, 1],
  [6, 1, 3, 3],
  [6, 1, 1, 1],
  [7, 2, 2, 3],
  [40, 5, 1, 1],
  [3, 2, 11, 11],
]

/** Contents that no trained layer has, or should have. */
const contents: Record<string, (values: Float32Array) => Float32Array> = {
  noise: (values) => values,
  constant: (values) => values.fill(0.5),
  zeros: (values) => values.fill(0),
  'not a number': (values) => values.fill(Number.NaN),
  infinite: (values) => values.fill(Number.POSITIVE_INFINITY),
  'one not a number': (values) => values.fill(Number.NaN, 0, 1),
  'the same filter each time': (values) => values.map((_, index) => Math.sin(index % 7)),
  'one weight': (values) => values.fill(0).fill(1, 0, 1),
  tiny: (values) => values.map((value) => 1e-40 * value),
  huge: (values) => values.map((value) => 1e37 * value),
}

describe.each(oddShapes)('layers of shape %d×%d×%d×%d', (...shape) => {
  it.each(Object.entries(contents))('are judged whatever they hold: %s', async (name, fill) => {
    const { filters, p } = await judge({ shape, values: fill(noise(shape)) })
    expect(filters.map(({ index }) => index)).toEqual(Array.from({ length: shape[0] }, (_, index) => index))
    for (const filter of filters) {
      if (filter.p !== null) expect(filter.p >= 0 && filter.p <= 1).toBe(true)
      if (filter.q !== null) expect(filter.q >= 0 && filter.q <= 1).toBe(true)
      if (filter.verdict === 'dead' || filter.verdict === 'degenerate') expect(filter.p).toBeNull()
    }
    if (p !== null) expect(p >= 0 && p <= 1).toBe(true)
    if (name === 'the same filter each time') return
    expect(filters.filter(({ verdict }) => verdict === 'structured')).toEqual([])
  })
})
