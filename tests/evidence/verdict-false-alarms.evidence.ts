import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import { type RuntimeRowProducts, createRowProducts } from '../../engine/runtime/row-products.ts'
import { type FalseAlarms, countFalseAlarms } from '../engine/calibration/false-alarms.ts'
import {
  type Disturbance,
  type Initialisation,
  type Shape,
  disturbances,
  disturbed,
  initialisations,
  randomLayer,
} from '../engine/calibration/random-layers.ts'

const spatial: readonly Shape[] = [
  [6, 1, 5, 5],
  [16, 6, 5, 5],
  [32, 1, 3, 3],
  [32, 3, 3, 3],
  [64, 32, 3, 3],
  [64, 1, 3, 3],
  [16, 8, 2, 2],
  [64, 3, 7, 7],
  [32, 3, 9, 9],
  [96, 3, 11, 11],
  [12, 4, 3, 5],
]
const points: readonly Shape[] = [
  [32, 16, 1, 1],
  [64, 64, 1, 1],
  [16, 96, 1, 1],
]
const FILTERS = 2000

const nulls = new NullLibrary()
let products: RuntimeRowProducts
beforeAll(async () => {
  products = await createRowProducts()
})
afterAll(() => products.release())

const table: string[] = []
afterAll(() => console.log(table.join('\n')))

const percent = (share: number) => (100 * share).toFixed(1)

function note(shape: Shape, what: string, found: FalseAlarms): void {
  const { filters, at05, at01, anyStructured, layerAt05, layerAt005, distance } = found
  table.push(
    `${shape.join('×').padEnd(11)} ${what.padEnd(34)} ${filters} filters: ${percent(at05)} % at .05, ${percent(at01)} % at .01;` +
      ` any structured in ${percent(anyStructured)} % of ${found.layers} layers; layer p ${percent(layerAt05)} % at .05, ${percent(layerAt005)} % at .005; distance ${distance.toFixed(3)}`,
  )
}

async function count(shape: Shape, init: Initialisation, disturbance?: Disturbance): Promise<FalseAlarms> {
  const draw = (index: number) => {
    const layer = randomLayer(shape, init, 'evidence', index)
    return disturbance === undefined ? layer : disturbed(layer, disturbance, 'evidence', index)
  }
  const found = await countFalseAlarms(Math.ceil(FILTERS / shape[0]), draw, { nulls, rowProducts: products.compute })
  note(shape, disturbance ?? init, found)
  return found
}

describe.each(spatial)('random filters of %d×%d×%d×%d', (...shape) => {
  it.each(initialisations)('%s', async (init) => {
    const found = await count(shape, init)
    expect(found.at05).toBeLessThanOrEqual(0.065)
    if (init !== 'orthogonal') expect(found.at05).toBeGreaterThanOrEqual(0.03)
    expect(found.at01).toBeLessThanOrEqual(0.02)
  })

  it.each(Object.keys(disturbances) as Disturbance[])('normal with %s', async (disturbance) => {
    const found = await count(shape, 'normal', disturbance)
    expect(found.at05).toBeLessThanOrEqual(0.065)
    expect(found.at01).toBeLessThanOrEqual(0.02)
  })
})

describe.each(points)('random filters of %d×%d×%d×%d', (...shape) => {
  it.each(initialisations)('%s', async (init) => {
    expect((await count(shape, init)).at05).toBeLessThanOrEqual(0.065)
  })

  // These are what the tests of 1×1 filters look for: a filter that listens to few channels, filters that share them.
  const structures: readonly Disturbance[] = ['slice gains', 'channels read in sets']
  const others = (Object.keys(disturbances) as Disturbance[]).filter((name) => !structures.includes(name))
  it.each(others)('normal with %s', async (disturbance) => {
    expect((await count(shape, 'normal', disturbance)).at05).toBeLessThanOrEqual(0.09)
  })
})

describe('whole layers', () => {
  const shapes: readonly Shape[] = [
    [6, 1, 5, 5],
    [16, 6, 5, 5],
    [16, 3, 3, 3],
    [8, 8, 3, 3],
    [32, 16, 1, 1],
    [8, 1, 7, 7],
  ]

  it('at most 1.5 of 100 random layers are called anything but random', async () => {
    let layers = 0
    let called = 0
    for (const shape of shapes) {
      let ofShape = 0
      for (let index = 0; index < 900; index++) {
        const layer = randomLayer(shape, index % 2 === 0 ? 'normal' : 'uniform', 'whole', index)
        const { verdict } = await judgeLayer(layer, { nulls, rowProducts: products.compute })
        if (verdict === 'emerging' || verdict === 'structured') ofShape++
      }
      table.push(`${shape.join('×').padEnd(11)} ${ofShape} of 900 random layers called emerging or structured`)
      layers += 900
      called += ofShape
    }
    table.push(`whole layers: ${called} of ${layers}, ${percent(called / layers)} %`)
    expect(layers).toBeGreaterThanOrEqual(5000)
    expect(called / layers).toBeLessThanOrEqual(0.015)
  })
})
