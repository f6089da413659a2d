import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { scaleChannels } from '../../engine/filters/measures/channel-scaling.ts'
import { exactFamilyShares } from '../../engine/filters/measures/exact-family.ts'
import { isFamily } from '../../engine/filters/measures/family-share.ts'
import { familyMeasures, fastFamily } from '../../engine/filters/measures/family-tests.ts'
import { fastFamilyShares } from '../../engine/filters/measures/fast-family.ts'
import { filterStates } from '../../engine/filters/measures/filter-condition.ts'
import { takeApart } from '../../engine/filters/measures/spatial-tests.ts'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { findOtherAxisOrder } from '../../engine/filters/verdicts/axis-order.ts'
import { testableWeights } from '../../engine/filters/verdicts/filter-verdict.ts'
import { type LayerVerdict, judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import { randomStream, shuffledIndices } from '../../engine/random/stream.ts'
import { type RuntimeRowProducts, createRowProducts } from '../../engine/runtime/row-products.ts'
import {
  type NamedWeights,
  hasModels,
  shuffledWithinSlices,
  trainedLayers,
} from '../engine/calibration/model-layers.ts'

const nulls = new NullLibrary()
let products: RuntimeRowProducts
beforeAll(async () => {
  products = await createRowProducts()
})
afterAll(() => products.release())

const judge = (weights: NamedWeights['weights']) => judgeLayer(weights, { nulls, rowProducts: products.compute })
const isConvolution = ({ layer }: NamedWeights) => layer.operator === 'Conv' || layer.operator === 'ConvTranspose'

/** Of the filters that are neither dead nor degenerate: how many the tests find structured, copies among them. */
function countStructured({ filters }: LayerVerdict) {
  const tested = filters.filter(({ q }) => q !== null)
  return { tested: tested.length, structured: tested.filter(({ q }) => q! <= 0.05).length }
}

/** Unit filters as the family test takes them: waves of spatial filters, channels evened out. */
function familyRows({ shape, values }: NamedWeights['weights']) {
  const [, channels, height, width] = shape
  const alive = filterStates({ shape, values }).flatMap(({ condition }, filter) =>
    condition === 'alive' ? [filter] : [],
  )
  const size = channels * height * width
  const chosen = new Float32Array(alive.length * size)
  alive.forEach((filter, row) => chosen.set(values.slice(filter * size, (filter + 1) * size), row * size))
  const waves = height * width - 1
  const rows = waves === 0 ? chosen : takeApart(chosen, alive.length, channels, height, width).coefficients
  const inSlice = Math.max(1, waves)
  scaleChannels(rows, alive.length, channels, inSlice)
  return { rows, count: alive.length, length: channels * inSlice, slices: [channels, inSlice] as const }
}

class Tally {
  tested = 0
  structured = 0
  layers = 0
  named = 0

  add(verdict: LayerVerdict): void {
    const { tested, structured } = countStructured(verdict)
    this.tested += tested
    this.structured += structured
    this.layers++
    if (verdict.p !== null && verdict.p <= 0.005) this.named++
  }

  get share(): number {
    return this.structured / Math.max(1, this.tested)
  }

  toString(): string {
    return `${this.structured} of ${this.tested} filters structured (${(100 * this.share).toFixed(1)} %), ${this.named} of ${this.layers} layers with p ≤ .005`
  }
}

describe.skipIf(!hasModels)('trained models (needs ../shared/data/models)', () => {
  const kernel = ({ layer }: NamedWeights) => `${layer.shape[2]}×${layer.shape[3]}`
  const isDepthwise = ({ layer }: NamedWeights) => layer.groups > 1 && layer.shape[1] === 1
  const isLarge = ({ layer: { shape } }: NamedWeights) => testableWeights(shape[1], shape[2], shape[3]) >= 24
  const layers = hasModels ? [...trainedLayers()].filter(isConvolution) : []

  it('finds at least nine of ten spatial filters that are large enough', async () => {
    const tallies = new Map<string, Tally>()
    const models = new Map<string, Tally>()
    const tally = (all: Map<string, Tally>, key: string) => all.get(key) ?? all.set(key, new Tally()).get(key)!
    for (const each of layers) {
      const verdict = await judge(each.weights)
      const isSpatial = kernel(each) !== '1×1'
      const kind = isDepthwise(each) ? ' depthwise' : isSpatial && !isLarge(each) ? ' of one channel' : ''
      tally(tallies, `${kernel(each)}${kind}`).add(verdict)
      if (kernel(each) === '3×3' && kind === '') tally(models, each.model).add(verdict)
    }
    for (const [name, found] of tallies) console.log(`${name}: ${found}`)
    for (const [name, found] of models) console.log(`  3×3 of ${name}: ${found}`)
    expect(tallies.get('3×3')?.share).toBeGreaterThanOrEqual(0.9)
    expect(tallies.get('9×9')?.share).toBeGreaterThanOrEqual(0.9)
  })

  it('finds nothing more in them once the weights of every slice are shuffled', async () => {
    const found = new Tally()
    const large = layers.filter((each) => kernel(each) !== '1×1' && isLarge(each) && !isDepthwise(each))
    for (const each of large) found.add(await judge(shuffledWithinSlices(each.weights, each.name)))
    console.log(`shuffled within slices: ${found}`)
    expect(found.share).toBeLessThanOrEqual(0.02)
    expect(found.named / found.layers).toBeLessThanOrEqual(0.03)
  })

  it('tells a wrong axis order of structured 3×3 layers, and claims none where the order is right', async () => {
    const claims: string[] = []
    let misread = 0
    let told = 0
    for (const each of layers.filter((layer) => kernel(layer) === '3×3' && isLarge(layer))) {
      const tools = { nulls, rowProducts: products.compute }
      const verdict = await judge(each.weights)
      if ((await findOtherAxisOrder(each.weights, verdict, tools)) !== undefined) claims.push(each.name)
      if (verdict.verdict !== 'structured' || each.layer.shape[0] < 16) continue
      const [filters, channels] = each.weights.shape
      const values = Float32Array.from(each.weights.values)
      each.weights.values.forEach((value: number, index: number) => {
        const slice = Math.floor(index / 9)
        values[((index % 9) * channels + (slice % channels)) * filters + Math.floor(slice / channels)] = value
      })
      const wrong = { shape: each.weights.shape, values }
      misread++
      if ((await findOtherAxisOrder(wrong, await judge(wrong), tools)) === 'HWIO') told++
    }
    console.log(
      `wrong order told for ${told} of ${misread} layers; claimed where it is right: ${claims.join(', ') || 'none'}`,
    )
    expect(claims).toEqual([])
    expect(told / misread).toBeGreaterThanOrEqual(0.8)
  })

  it('loses little with the fast family test beside the one of eight parts', async () => {
    const counts = new Map<string, { filters: number; exact: number; fast: number; exactMs: number; fastMs: number }>()
    for (const each of layers) {
      const { rows, count, length, slices } = familyRows(each.weights)
      const withoutLeading = kernel(each) === '1×1'
      // Larger layers take minutes by all eigenvectors.
      if (!isFamily(count, length, withoutLeading) || count < 16 || Math.min(count, length) > 256) continue
      const started = performance.now()
      const exact = exactFamilyShares(new Float64Array(rows), count, length, { folds: 8, withoutLeading })
      const between = performance.now()
      const fast = await fastFamilyShares(rows, count, length, { ...fastFamily, withoutLeading }, products.compute)
      const ended = performance.now()
      const key = `${kernel(each)}${isDepthwise(each) ? ' depthwise' : ''}`
      const sum = counts.get(key) ?? { filters: 0, exact: 0, fast: 0, exactMs: 0, fastMs: 0 }
      const found = (shares: typeof exact) =>
        familyMeasures(shares, rows, slices).filter((measure) => measure !== undefined && measure.p <= 0.05).length
      counts.set(key, {
        filters: sum.filters + count,
        exact: sum.exact + found(exact),
        fast: sum.fast + found(fast),
        exactMs: sum.exactMs + between - started,
        fastMs: sum.fastMs + ended - between,
      })
    }
    console.log(
      '| kernel | filters | p ≤ .05 in eight parts | fast | time | fast |\n| --- | --- | --- | --- | --- | --- |',
    )
    for (const [key, { filters, exact, fast, exactMs, fastMs }] of counts) {
      const [all, part] = [exact / filters, fast / filters].map((share) => `${(100 * share).toFixed(0)} %`)
      console.log(`| ${key} | ${filters} | ${all} | ${part} | ${exactMs.toFixed(0)} ms | ${fastMs.toFixed(0)} ms |`)
    }
    const spatial = counts.get('3×3')!
    expect(spatial.fast / spatial.exact).toBeGreaterThanOrEqual(0.75)
  })

  it.each([0.25, 0.5, 0.9])('keeps its promises where %d of a layer is replaced by noise', async (share) => {
    let falseShare = 0
    let error = 0
    let power = 0
    let count = 0
    let worst = 0
    for (const each of layers) {
      const [filters, channels, height, width] = each.weights.shape
      if (kernel(each) !== '3×3' || isDepthwise(each) || filters < 32 || !isLarge(each)) continue
      const alone = countStructured(await judge(each.weights))
      if (alone.tested < filters) continue
      const length = channels * height * width
      const replaced = new Set(
        shuffledIndices(filters, randomStream('mixture', each.name)).slice(0, Math.round(share * filters)),
      )
      const values = Float32Array.from(each.weights.values)
      const stream = randomStream('mixed', each.name)
      for (const filter of replaced) {
        const row = values.subarray(filter * length, (filter + 1) * length)
        const norm = Math.hypot(...row)
        row.forEach((_, k) => (row[k] = stream.normal()))
        const scale = norm / Math.hypot(...row)
        row.forEach((value, k) => (row[k] = value * scale))
      }
      const verdict = await judge({ shape: each.weights.shape, values })
      const called = verdict.filters.filter(({ q }) => q !== null && q <= 0.05).map(({ index }) => index)
      const wrong = called.filter((index) => replaced.has(index)).length
      falseShare += wrong / Math.max(1, called.length)
      power += (called.length - wrong) / (filters - replaced.size)
      const off = (verdict.pi0?.estimate ?? 1) - share
      error += off
      worst = Math.max(worst, Math.abs(off))
      count++
    }
    console.log(
      `${100 * share} % noise in ${count} layers: false discoveries ${(falseShare / count).toFixed(3)}, power ${(power / count).toFixed(3)}, π0 ${(share + error / count).toFixed(3)} (furthest off ${worst.toFixed(3)})`,
    )
    expect(falseShare / count).toBeLessThanOrEqual(0.08)
    expect(Math.abs(error / count)).toBeLessThanOrEqual(0.15)
  })
})
