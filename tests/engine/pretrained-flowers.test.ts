import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { importedNetwork, openPicturesFor, trainOnPictures, trainingSettings } from './picture-training.ts'

const data = resolve(import.meta.dirname, '../../../shared/data')
const file = join(data, 'models/squeezenet1.1-imagenet-fp32.onnx')
const flowers = join(data, 'flowers128')
const steps = 20
const perClass = 40

/** A few flowers of each kind: opening all of them takes longer than the training. */
async function someFlowers(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'filterscope-flowers-'))
  for (const kind of await readdir(flowers)) {
    await mkdir(join(folder, kind))
    const names = (await readdir(join(flowers, kind))).sort().slice(0, perClass)
    for (const name of names) await cp(join(flowers, kind, name), join(folder, kind, name))
  }
  return folder
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

// The evidence on fine-tuning trains on all of them, and the same network from scratch beside it.
it.skipIf(!existsSync(file) || !existsSync(flowers))(
  'a pretrained SqueezeNet begins to tell flowers apart within a few steps (needs ../shared/data)',
  { timeout: 6 * 60_000 },
  async () => {
    const folder = await someFlowers()
    const dataset = await openPicturesFor(file, folder)
    const training = trainingSettings({ learningRate: 0.001 })
    const { losses } = await trainOnPictures(importedNetwork(file, dataset, training), dataset, training, steps)
    await dataset.close()
    await rm(folder, { recursive: true })
    // 1.10; chance is ln 5 = 1.61, where it begins.
    expect(mean(losses.slice(-5))).toBeLessThan(1.3)
  },
)
