import { existsSync, readdirSync, statSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { modelNetworkSettings } from '../../engine/cli/model-options.ts'
import { exportTrainingGraphs } from '../../engine/exports/run-files.ts'
import { FineTuningError } from '../../engine/fine-tuning/fine-tuning-error.ts'
import { describeModel } from '../../engine/models/describe-model.ts'
import { readModelFile } from '../../engine/models/model-file.ts'
import { buildTrainedNetwork } from '../../engine/networks/build-trained-network.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'
import { trainByPlainScript } from '../engine/plain-training.ts'

const models = resolve(import.meta.dirname, '../../../shared/data/models')
const steps = 3
/** ONNX files end at 2 GB, and a state of this size is written twice. */
const largest = 50e6

describe.skipIf(!existsSync(models))('the exported training of every model (needs ../shared/data/models)', () => {
  const files = existsSync(models) ? readdirSync(models).filter((name) => name.endsWith('.onnx')) : []
  it.each(files)('%s', async (name) => {
    const file = join(models, name)
    const folder = await mkdtemp(join(tmpdir(), 'exported-training-'))
    try {
      const { image } = describeModel(readModelFile(file)).summary
      const { width = 64, height = 64, channels = 3 } = image ?? {}
      const settings = runSettingsSchema.parse({
        data: {
          source: { kind: 'xo', options: { count: 100, size: 32 } },
          image: { width, height, channels: channels === 1 ? 1 : 3, fit: 'stretch' },
        },
        network: modelNetworkSettings({ from: file }).network,
        training: { batchSize: 2, optimizer: { kind: 'adam' }, schedule: { kind: 'constant' } },
      } satisfies RunSettingsInput)
      const run = await RunFolder.create(join(folder, 'run'), 'run', settings, '0.0.0')
      const { description } = await prepareRun(run, settings, {})
      const network = buildTrainedNetwork(settings, description.data, await run.readModel('source'))
      const graphs = exportTrainingGraphs({ settings, description, network, weights: new Map() })
      if (graphs.initial.length > largest) {
        console.log(`| ${name} | a state of ${Math.round(graphs.initial.length / 2 ** 20)} MB is left out here |`)
        return
      }
      const trained = await trainByPlainScript(graphs, folder, steps)
      expect(trained.step).toBe(steps)
      expect(trained.losses.every(Number.isFinite)).toBe(true)
      const losses = trained.losses.map((loss) => loss.toPrecision(4)).join(' → ')
      console.log(`| ${name} | ${Math.round(statSync(file).size / 1024)} KB | ${losses} |`)
    } catch (error) {
      if (!(error instanceof FineTuningError)) throw error
      console.log(`| ${name} | not trainable: ${error.message} |`)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
