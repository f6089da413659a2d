import { describe, expect, it } from 'vitest'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import { countFalseAlarms } from './calibration/false-alarms.ts'
import { type Disturbance, type Shape, disturbed, randomLayer } from './calibration/random-layers.ts'

const nulls = new NullLibrary()
const tools = { nulls }

/** Four thousand filters of fixed seeds each; `npm run evidence` counts many more, of more shapes. */
const shapes: readonly Shape[] = [
  [6, 1, 5, 5],
  [16, 6, 5, 5],
  [32, 3, 3, 3],
  [16, 8, 2, 2],
  [32, 3, 7, 7],
]
const layersOf = (shape: Shape) => Math.ceil(4000 / shape[0])

describe.each(shapes)('random filters of %d×%d×%d×%d', (...shape) => {
  it.each(['normal', 'uniform'] as const)('%s weights pass for structured as often as promised', async (init) => {
    const found = await countFalseAlarms(layersOf(shape), (index) => randomLayer(shape, init, index), tools)
    expect(found.at05).toBeGreaterThanOrEqual(0.03)
    expect(found.at05).toBeLessThanOrEqual(0.065)
    expect(found.at01).toBeLessThanOrEqual(0.02)
  })
})

const disturbancesOfSpatial: readonly Disturbance[] = [
  'channel and filter gains',
  'slice gains',
  'drift along a mean',
  'folded batch normalisation',
]

it.each(disturbancesOfSpatial)('random spatial filters with %s are no more often structured', async (disturbance) => {
  const shape: Shape = [16, 6, 5, 5]
  const draw = (index: number) => disturbed(randomLayer(shape, 'normal', 'disturbed', index), disturbance, index)
  const found = await countFalseAlarms(layersOf(shape), draw, tools)
  expect(found.at05).toBeLessThanOrEqual(0.065)
  expect(found.at01).toBeLessThanOrEqual(0.02)
})

it('random filters that read the same few channels are no more often structured', async () => {
  const shape: Shape = [32, 24, 3, 3]
  const draw = (index: number) => disturbed(randomLayer(shape, 'normal', 'sets', index), 'channels read in sets', index)
  const found = await countFalseAlarms(layersOf(shape), draw, tools)
  expect(found.at05).toBeLessThanOrEqual(0.065)
  expect(found.at01).toBeLessThanOrEqual(0.02)
})

it.each(['channel and filter gains', 'drift along a mean'] as const)(
  'random 1×1 filters with %s: at most .09',
  async (disturbance) => {
    const shape: Shape = [32, 16, 1, 1]
    const draw = (index: number) => disturbed(randomLayer(shape, 'normal', 'point', index), disturbance, index)
    const found = await countFalseAlarms(layersOf(shape), draw, tools)
    expect(found.at05).toBeLessThanOrEqual(0.09)
  },
)

it.each(['scale of 0.001', 'rounded to float16', 'rounded to uint8'] as const)(
  '%s changes no verdict but those on the edge',
  async (disturbance) => {
    for (let index = 0; index < 10; index++) {
      const layer = randomLayer([16, 6, 5, 5], 'normal', 'scaled', index)
      const { filters: before } = await judgeLayer(layer, tools)
      const { filters: after } = await judgeLayer(disturbed(layer, disturbance, index), tools)
      before.forEach(({ q }, filter) => {
        // Eight bits move a weight by a hundredth, which moves a chance by a few.
        if (Math.abs(q! / 0.05 - 1) > 0.1) expect(after[filter]!.q! <= 0.05).toBe(q! <= 0.05)
      })
    }
  },
)

it('calls hardly any random layer anything else', async () => {
  const found = await countFalseAlarms(600, (index) => randomLayer([8, 3, 3, 3], 'normal', 'layers', index), tools)
  expect(found.layerAt005).toBeLessThanOrEqual(0.015)
})
