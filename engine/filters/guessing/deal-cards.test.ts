import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { type GuessedLayer, dealCards, whyNotDealt } from './deal-cards.ts'

/** Filters of 3×3 over two channels; each holds weights of its own, so that every one can be told by them. */
function layer(filters: number, more: Partial<GuessedLayer> = {}): GuessedLayer {
  const random = randomStream(7, 'layer')
  const draw = (scale: number) => Float32Array.from({ length: filters * 18 }, () => scale * random.normal())
  return { shape: [filters, 2, 3, 3], values: draw(3), birth: draw(0.1), ...more }
}

const filterOf = (values: ArrayLike<number>, index: number) => Array.from(values).slice(index * 18, (index + 1) * 18)
const sorted = (values: readonly number[]) => values.toSorted((one, other) => one - other)
const unitSize = (values: readonly number[]) => {
  const size = Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length)
  return values.map((value) => value / size)
}
/** The largest difference, which float32 leaves below a millionth of such numbers. */
const distance = (one: readonly number[], other: readonly number[]) =>
  Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? Number.NaN))))

describe('a round of filters', () => {
  it('holds 20 of a large layer, 8 to 12 of them trained, and each only once', () => {
    const counts = new Set<number>()
    for (let seed = 0; seed < 60; seed++) {
      const { cards, trained } = dealCards(layer(40), seed)
      expect(trained).toEqual({ least: 8, most: 12 })
      expect(new Set(cards.map(({ origin, filter }) => `${origin} ${filter}`)).size).toBe(20)
      const of = (origin: string) => cards.filter((card) => card.origin === origin).length
      expect(of('birth') + of('shuffled')).toBe(20 - of('trained'))
      expect(Math.abs(of('birth') - of('shuffled'))).toBeLessThan(2)
      counts.add(of('trained'))
    }
    expect([...counts].sort((one, other) => one - other)).toEqual([8, 9, 10, 11, 12])
  })

  it('never shows a filter twice in a layer that is large enough', () => {
    for (let seed = 0; seed < 20; seed++) {
      const { cards } = dealCards(layer(20), seed)
      expect(new Set(cards.map(({ filter }) => filter)).size).toBe(20)
    }
  })

  it('is smaller of a small layer', () => {
    const { cards, trained } = dealCards(layer(6), 3)
    expect(cards).toHaveLength(10)
    expect(trained).toEqual({ least: 4, most: 6 })
  })

  it('holds the weights it says, all of one size', () => {
    const dealt = layer(40)
    const { cards, values } = dealCards(dealt, 5)
    for (const [at, { origin, filter }] of cards.entries()) {
      const shown = filterOf(values, at)
      const source = origin === 'birth' ? dealt.birth : dealt.values
      const whole = unitSize(filterOf(source ?? [], filter))
      if (origin !== 'shuffled') {
        expect(distance(shown, whole)).toBeLessThan(1e-6)
        continue
      }
      expect(distance(shown, whole)).toBeGreaterThan(0.1)
      // Weights stay in their own slice.
      for (const start of [0, 9]) {
        const slice = (values: readonly number[]) => sorted(values.slice(start, start + 9))
        expect(distance(slice(shown), slice(whole))).toBeLessThan(1e-6)
      }
    }
  })

  it('is the same for the same seed, and another for another', () => {
    const one = dealCards(layer(40), 11)
    expect(dealCards(layer(40), 11)).toEqual(one)
    expect(dealCards(layer(40), 12).cards).not.toEqual(one.cards)
  })

  it('has only shuffled noise where no birth is known', () => {
    const { birth: _birth, ...imported } = layer(40)
    const origins = new Set(dealCards(imported, 1).cards.map(({ origin }) => origin))
    expect(origins).toEqual(new Set(['trained', 'shuffled']))
  })

  it('deals no dead filter', () => {
    const dealt = layer(12)
    const values = Float32Array.from(dealt.values, (value, index) => (index < 18 * 3 ? 1e-9 * value : value))
    const { cards, leftOut } = dealCards({ ...dealt, values }, 2)
    expect(leftOut).toBe(3)
    expect(cards).toHaveLength(15)
    expect(cards.every(({ filter }) => filter >= 3)).toBe(true)
  })
})

describe('a layer of which no round can be dealt', () => {
  it('is said so in a sentence', () => {
    expect(whyNotDealt(layer(5))).toBeUndefined()
    expect(whyNotDealt(layer(4))).toBe('This layer has 4 filters, and a round takes at least 5; choose a larger layer.')
    const dead = layer(6)
    const values = Float32Array.from(dead.values, (value, index) => (index < 36 ? 0 : value))
    expect(whyNotDealt({ ...dead, values })).toBe(
      'This layer has 4 filters, without dead and degenerate ones, and a round takes at least 5; choose a larger layer.',
    )
    expect(whyNotDealt({ shape: [64, 18, 1, 1], values: new Float32Array(64 * 18).fill(1) })).toBe(
      'The filters of this layer are 1×1 in each channel, too small to show anything to the eye; choose a layer with larger kernels.',
    )
  })
})
