// @vitest-environment happy-dom
import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import type { Client } from '../../engine/protocol/client.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'
import { useModelStore } from './model.ts'
import { useModelFileStore } from './model-file.ts'
import { useTrainingSettingsStore } from './training-settings.ts'

const preset = (name: string): { architecture: Architecture; note: string; source: string } => ({
  architecture: { name, layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
  note: '',
  source: '',
})

/** An engine that knows two presets. */
const client = {
  state: { kind: 'open', hostId: 'host' },
  onState: () => undefined,
  request: (method: string) =>
    method === 'architecture.presets'
      ? Promise.resolve([preset('small'), preset('lenet5')])
      : new Promise(() => undefined),
  subscribe: () => () => undefined,
} as unknown as Client

async function startWindow() {
  setActivePinia(createPinia())
  useConnectionStore().attach(client)
  const model = useModelStore()
  const wanted = useTrainingSettingsStore()
  await expect.poll(() => model.architecture?.name).toBe('small')
  return { model, wanted }
}

describe('how the next run will be trained', () => {
  beforeEach(() => sessionStorage.clear())

  it('follows the network and its data until something is changed', async () => {
    const { model, wanted } = await startWindow()
    expect(wanted.training).toMatchObject({ batchSize: 32, epochs: 12, optimizer: { weightDecay: 1 } })
    model.choosePreset('lenet5')
    expect(wanted.training).toMatchObject({ batchSize: 64, epochs: 3, optimizer: { weightDecay: 0 } })
    wanted.training = { ...wanted.training, epochs: 5 }
    expect(wanted.isRecommended).toBe(false)
    model.choosePreset('small')
    expect(wanted.training).toMatchObject({ batchSize: 64, epochs: 5 })
    wanted.useRecommended()
    expect(wanted.training).toMatchObject({ batchSize: 32, epochs: 12 })
    expect(wanted.isRecommended).toBe(true)
  })

  it('is for accuracy on pictures from elsewhere, and gentle with a model of a file', async () => {
    const { wanted } = await startWindow()
    useDataStore().settings = { ...useDataStore().settings, source: { kind: 'path', path: '/pictures' } }
    expect(wanted.recommendation.purpose).toBe('accuracy')
    useModelFileStore().source = 'file'
    expect(wanted.training).toMatchObject({ batchSize: 16, learningRate: 0.001 })
  })

  it('keeps seed and device, which nothing recommends', async () => {
    const { model, wanted } = await startWindow()
    wanted.training = { ...wanted.training, seed: 7, device: 'cpu' }
    expect(wanted.isRecommended).toBe(true)
    model.choosePreset('lenet5')
    expect(wanted.training).toMatchObject({ epochs: 3, seed: 7, device: 'cpu' })
  })

  it('follows again when what was changed is set back', async () => {
    const { wanted } = await startWindow()
    const { clipNorm: _none, ...before } = wanted.training
    wanted.training = { ...wanted.training, clipNorm: 1 }
    expect(wanted.isRecommended).toBe(false)
    wanted.training = before
    expect(wanted.isRecommended).toBe(true)
  })

  it('is as it was left when the window is loaded again', async () => {
    const { wanted } = await startWindow()
    wanted.training = { ...wanted.training, epochs: 40 }
    await nextTick()
    expect((await startWindow()).wanted.training.epochs).toBe(40)
  })
})
