import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { LayerJudge } from '../../engine/inspector/layer-judge.ts'
import { structuredIn, trainAndJudge } from '../engine/calibration/judged-training.ts'

const fashion = resolve(import.meta.dirname, '../../../shared/data/fashion-mnist')
const seeds = Array.from({ length: 10 }, (_, seed) => seed)
const layers = ['conv1', 'conv2', 'fc1', 'fc2', 'fc3']
const percent = (count: number, of: number) => `${count} of ${of} (${((100 * count) / of).toFixed(1)} %)`

/** Pictures of noise keep the labels of those whose place they take, so the labels are random; a network can only memorise. */
describe.skipIf(!existsSync(fashion))('LeNet on white noise (needs ../shared/data/fashion-mnist)', () => {
  it.each([
    { control: 'whiteNoise', epochs: 5 },
    { control: 'none', epochs: 2 },
  ] as const)('five epochs of noise, two of pictures: $control', async ({ control, epochs }) => {
    const judge = new LayerJudge()
    const atEnd = new Map(layers.map((layer) => [layer, 0]))
    const ever = new Map(layers.map((layer) => [layer, 0]))
    const filters = new Map(layers.map((layer) => [layer, 0]))
    const add = (counts: Map<string, number>, layer: string, count: number) =>
      counts.set(layer, (counts.get(layer) ?? 0) + count)
    let looks = 0
    let accuracy = 0
    for (const seed of seeds) {
      const run = await trainAndJudge(
        {
          data: { source: { kind: 'path', path: fashion }, control, seed },
          network: { kind: 'layers', architecture: findPreset('lenet5')!.architecture },
          training: { epochs, seed, optimizer: { kind: 'adam' }, schedule: {}, device: 'cpu' },
        },
        judge,
      )
      looks += run.looks.length
      accuracy += run.testAccuracy / seeds.length
      for (const layer of layers) {
        const found = run.looks.map((look) => structuredIn(look, layer))
        const last = found.at(-1)!
        add(filters, layer, last.length)
        add(atEnd, layer, last.filter(Boolean).length)
        add(ever, layer, last.filter((_, filter) => found.some((look) => look[filter])).length)
      }
    }
    const sum = (counts: Map<string, number>, of: readonly string[]) =>
      of.reduce((total, layer) => total + counts.get(layer)!, 0)
    const convolutions = ['conv1', 'conv2']
    const all = sum(filters, layers)
    console.log(
      [
        `${control}, ${epochs} epochs, ${seeds.length} seeds, ${looks} looks, test accuracy ${(100 * accuracy).toFixed(1)} %`,
        '| layer | structured at the end | ever called structured |',
        '| --- | --- | --- |',
        ...layers.map((layer) => {
          const count = filters.get(layer)!
          return `| ${layer} | ${percent(atEnd.get(layer)!, count)} | ${percent(ever.get(layer)!, count)} |`
        }),
        `| all | ${percent(sum(atEnd, layers), all)} | ${percent(sum(ever, layers), all)} |`,
      ].join('\n'),
    )
    const share = sum(atEnd, layers) / all
    // After two epochs it is the first fully connected layer that has outgrown its birth; the convolutions begin to.
    if (control === 'none') expect(share).toBeGreaterThanOrEqual(0.2)
    else {
      expect(share).toBeLessThanOrEqual(0.05)
      expect(sum(atEnd, convolutions) / sum(filters, convolutions)).toBeLessThanOrEqual(0.05)
    }
  })
})
