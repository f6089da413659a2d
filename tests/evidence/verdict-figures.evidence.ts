import { mkdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import type { LayerWeights } from '../../engine/filters/measures/layer-weights.ts'
import type { Measure } from '../../engine/filters/measures/measure.ts'
import { NullLibrary } from '../../engine/filters/nulls/null-library.ts'
import { cosineTransform } from '../../engine/filters/statistics/cosine-transform.ts'
import { type LayerVerdict, judgeLayer } from '../../engine/filters/verdicts/judge-layer.ts'
import type { MeasureId } from '../../engine/protocol/verdicts.ts'
import { recommendedTraining } from '../../engine/protocol/recommended-training.ts'
import type { RunSettingsInput } from '../../engine/protocol/settings.ts'
import { trainAndJudge } from '../engine/calibration/judged-training.ts'
import { shuffledWithinSlices } from '../engine/calibration/model-layers.ts'
import { measureFigure } from './figures/measure-figure.ts'
import { drawing, kernel, rectangle, text } from './figures/svg.ts'

const folder = resolve(import.meta.dirname, '../../resources/docs/images')
const tools = { nulls: new NullLibrary() }

/** X-or-O pictures are drawn by the program, so that anyone can make these figures again. */
function settings(preset: 'small' | 'lenet5'): RunSettingsInput {
  return {
    data: { source: { kind: 'xo', options: { count: 4000 } } },
    network: { kind: 'layers', architecture: findPreset(preset)!.architecture },
    training: { ...recommendedTraining({ kind: 'layers', name: preset }, 'xo').training, device: 'cpu' },
  }
}

const slice = ({ shape, values }: LayerWeights, filter: number) => {
  const length = shape[1] * shape[2] * shape[3]
  return values.subarray(filter * length, (filter + 1) * length)
}

const valuesOf = ({ filters }: LayerVerdict, id: MeasureId) =>
  filters.flatMap(({ measures }) => measures.filter((measure) => measure.id === id).map(({ value }) => value))

const anyOf = ({ filters }: LayerVerdict, id: MeasureId) =>
  filters.flatMap(({ measures }) => measures).find((measure) => measure.id === id) as Measure

/** The same eight filters at birth, learned, and learned with the weights of every slice in another order. */
async function beforeAndAfter(born: LayerWeights, learned: LayerWeights): Promise<string> {
  const rows = [
    { title: 'at birth', weights: born },
    { title: 'learned', weights: learned },
    { title: 'learned, shuffled', weights: shuffledWithinSlices(learned, 'figure') },
  ]
  const parts: string[] = []
  const cell = 98
  for (const [row, { title, weights }] of rows.entries()) {
    const verdict = await judgeLayer(weights, tools)
    const y = 20 + row * 112
    parts.push(text(12, y + 28, title, 'bold'), text(12, y + 46, `layer: ${verdict.verdict}`, 'small dim'))
    verdict.filters.forEach(({ verdict: name, measures }, filter) => {
      const x = 180 + filter * cell
      const roughness = measures.find(({ id }) => id === 'smooth')?.value ?? Number.NaN
      parts.push(
        kernel(x, y, 64, slice(weights, filter), weights.shape[2], weights.shape[3]),
        text(x, y + 80, name, 'small'),
        text(x, y + 94, `roughness ${roughness.toFixed(2)}`, 'small dim'),
      )
    })
  }
  return drawing(180 + 8 * cell + 24, 356, 'Eight filters of 7×7 before and after training', parts)
}

/** The waves of a slice, and how much of the energy of a random and of a learned filter lies in each. */
function takenApart(born: LayerWeights, learned: LayerWeights, filter: number): string {
  const [, , height, width] = learned.shape
  const transform = cosineTransform(height, width)
  const side = 26
  const parts = [
    text(12, 20, 'Every slice is a sum of these waves, smooth at the top left, rough at the bottom right', 'bold'),
  ]
  for (let wave = 1; wave <= transform.waves; wave++) {
    const [u, v] = [Math.floor(wave / width), wave % width]
    const values = Array.from(
      { length: height * width },
      (_, k) =>
        Math.cos((Math.PI * u * (2 * Math.floor(k / width) + 1)) / (2 * height)) *
        Math.cos((Math.PI * v * (2 * (k % width) + 1)) / (2 * width)),
    )
    parts.push(kernel(12 + v * (side + 3), 34 + u * (side + 3), side, values, height, width))
  }
  for (const [index, { title, weights }] of [
    { title: 'at birth', weights: born },
    { title: 'learned', weights: learned },
  ].entries()) {
    const x = 250 + index * 250
    const coefficients = new Float64Array(transform.waves)
    transform.apply(slice(weights, filter), 0, coefficients, 0)
    const energies = coefficients.map((value) => value ** 2)
    const total = energies.reduce((sum, energy) => sum + energy, 0)
    const shares = [0, ...energies].map((energy) => energy / total)
    parts.push(
      kernel(x, 34, 56, slice(weights, filter), height, width),
      text(x + 66, 50, title, 'bold'),
      text(x + 66, 68, 'energy of each wave:', 'small dim'),
    )
    shares.forEach((share, wave) => {
      const [u, v] = [Math.floor(wave / width), wave % width]
      const [left, top] = [x + v * 20, 100 + u * 20]
      const inner = 18 * Math.sqrt(share / Math.max(...shares))
      parts.push(
        rectangle(left, top, 18, 18, 'frame'),
        rectangle(left + (18 - inner) / 2, top + (18 - inner) / 2, inner, inner, 'learned'),
      )
    })
  }
  return drawing(740, 250, 'A filter taken apart into waves', parts)
}

it('draws the figures of the page on verdicts from trained kernels and drawn distributions', async () => {
  await mkdir(folder, { recursive: true })
  const write = (name: string, drawn: string) => writeFile(join(folder, `verdict-${name}.svg`), drawn)
  const small = await trainAndJudge(settings('small'))
  const lenet = await trainAndJudge(settings('lenet5'))
  const judged = async (run: typeof small, layer: string) => ({
    born: await judgeLayer(run.weightsAtBirth(layer), tools),
    learned: await judgeLayer(run.weightsOf(layer), tools),
  })
  const [born, learned] = [small.weightsAtBirth('conv1'), small.weightsOf('conv1')]
  await write('before-after', await beforeAndAfter(born, learned))
  const first = await judged(small, 'conv1')
  const second = await judged(small, 'conv2')
  const rows = await judged(lenet, 'fc2')
  const roughness = valuesOf(first.learned, 'smooth')
  await write('waves', takenApart(born, learned, roughness.indexOf(Math.min(...roughness))))
  const figures: { name: string; id: MeasureId; title: string; ends: [string, string]; of: typeof first }[] = [
    { name: 'smooth', id: 'smooth', title: 'S, smooth: roughness', ends: ['smoother', 'rougher'], of: first },
    {
      name: 'spectrum',
      id: 'spectrum',
      title: 'K, spectrum: distance from even energy',
      ends: ['even', 'few waves'],
      of: first,
    },
    {
      name: 'shared',
      id: 'shared',
      title: 'P, shared: part of the strongest common pattern',
      ends: ['all slices differ', 'all alike'],
      of: second,
    },
    {
      name: 'family',
      id: 'family',
      title: 'A, family: energy in what the others are made of',
      ends: ['like no other', 'like the others'],
      of: second,
    },
    {
      name: 'selective',
      id: 'selective',
      title: 'Z, selective: sum of squared shares of the inputs',
      ends: ['all inputs alike', 'few inputs'],
      of: rows,
    },
    {
      name: 'nearest',
      id: 'nearest',
      title: 'Nearest filter: |cosine|',
      ends: ['at right angles', 'the same'],
      of: second,
    },
  ]
  for (const { name, id, title, ends, of } of figures) {
    const { distribution } = anyOf(of.born, id)
    await write(
      name,
      measureFigure({ title, ends, distribution, born: valuesOf(of.born, id), learned: valuesOf(of.learned, id) }),
    )
  }
  expect(first.born.filters.every(({ verdict }) => verdict !== 'structured')).toBe(true)
  expect(first.learned.filters.filter(({ verdict }) => verdict === 'structured').length).toBeGreaterThanOrEqual(6)
})
