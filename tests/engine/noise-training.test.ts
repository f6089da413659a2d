import { expect, it } from 'vitest'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { LayerJudge } from '../../engine/inspector/layer-judge.ts'
import { recommendedTraining } from '../../engine/protocol/recommended-training.ts'
import type { Control } from '../../engine/protocol/settings.ts'
import { structuredIn, trainAndJudge } from './calibration/judged-training.ts'

const judge = new LayerJudge()

/** The small network on X or O pictures, or on noise in their place; the evidence trains LeNet ten times. */
async function structuredAfter(control: Control, seed: number): Promise<{ structured: number; emerging: number }> {
  const { training } = recommendedTraining({ kind: 'layers', name: 'small' }, 'xo')
  const settings = {
    data: { source: { kind: 'xo', options: { count: 1200 } }, control, seed },
    network: { kind: 'layers', architecture: findPreset('small')!.architecture },
    training: { ...training, seed, device: 'cpu' },
  } as const
  const { looks } = await trainAndJudge(settings, judge)
  const found = ['conv1', 'conv2'].map((layer) => looks.map((look) => structuredIn(look, layer)))
  // Nothing is structured at birth, whatever it is trained on.
  expect(found.flatMap((ofLayer) => ofLayer[0]!).filter(Boolean).length).toBeLessThanOrEqual(1)
  return {
    structured: found.flatMap((ofLayer) => ofLayer.at(-1)!).filter(Boolean).length,
    // At the fourth look already: what has changed in the first layer is judged beside the filters themselves.
    emerging: (['emerging', 'structured'] as const)
      .flatMap((name) => structuredIn(looks[4], 'conv1', name))
      .filter(Boolean).length,
  }
}

it('finds filters that learned from pictures structured, and those that learned noise by heart hardly ever', async () => {
  const onPictures = await structuredAfter('none', 0)
  expect(onPictures.structured).toBeGreaterThanOrEqual(12)
  expect(onPictures.emerging).toBeGreaterThanOrEqual(6)
  for (const control of ['whiteNoise', 'pixelNoise'] as const) {
    const [one, other] = [await structuredAfter(control, 0), await structuredAfter(control, 1)]
    // Of 48 filters, two and a half are five percent; of 16 in the first layer, one in twenty has p ≤ .05.
    expect(one.structured + other.structured).toBeLessThanOrEqual(2)
    expect(one.emerging + other.emerging).toBeLessThanOrEqual(3)
  }
})
