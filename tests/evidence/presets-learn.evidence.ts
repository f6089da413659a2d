import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { openDataset } from '../../engine/datasets/open-dataset.ts'
import { buildLayersNetwork } from '../../engine/networks/layers-network.ts'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import { trainOnPictures } from '../engine/picture-training.ts'

const flowers = resolve(import.meta.dirname, '../../../shared/data/flowers128')
const side = 64
const epochs = 8
const batchSize = 16
/** Of five kinds of flowers a guess is right for one in five. */
const wantedAccuracy = 0.45

describe.skipIf(!existsSync(flowers))('whole networks learn a small folder (needs ../shared/data/flowers128)', () => {
  it.each(['googlenet', 'resnet18'])('%s, from scratch', async (name) => {
    const settings = runSettingsSchema.parse({
      data: {
        source: { kind: 'path', path: flowers },
        image: { width: side, height: side, channels: 3, fit: 'stretch' },
      },
      network: { kind: 'layers', architecture: findPreset(name)?.architecture },
      training: {
        batchSize,
        epochs,
        learningRate: 0.001,
        optimizer: { kind: 'adam' },
        schedule: { kind: 'cosine' },
        augmentation: { flipHorizontal: true },
      },
    })
    if (settings.network.kind !== 'layers') throw new Error('The settings name no layers.')
    const dataset = await openDataset(settings.data)
    const network = buildLayersNetwork(settings.network.architecture, settings.training, dataset.summary)
    const steps = epochs * Math.floor(dataset.splits.train.count / batchSize)
    const { losses, elapsedMs, testAccuracy } = await trainOnPictures(network, dataset, settings.training, steps)
    const accuracy = await testAccuracy()
    await dataset.close()
    const mean = (part: readonly number[]) => part.reduce((sum, loss) => sum + loss, 0) / part.length
    const [first, last] = [mean(losses.slice(0, 20)), mean(losses.slice(-20))]
    const ms = elapsedMs.toSorted((one, other) => one - other)[elapsedMs.length >> 1] ?? Number.NaN
    console.log(
      `${name}, ${side}×${side}, ${steps} steps of ${batchSize}: loss ${first.toFixed(3)} → ${last.toFixed(3)}, test ${(100 * accuracy).toFixed(1)} %, ${ms.toFixed(0)} ms a step`,
    )
    expect(last).toBeLessThan(first)
    expect(accuracy).toBeGreaterThan(wantedAccuracy)
  })
})
