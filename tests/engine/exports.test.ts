import { spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { exportCsv, exportNpz, exportOnnx, exportTrainingGraphs } from '../../engine/exports/run-files.ts'
import { buildTrainedNetwork } from '../../engine/networks/build-trained-network.ts'
import { type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { type RunSettingsInput, runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'
import { trainByPlainScript } from './plain-training.ts'
import { smallClassifier } from './small-classifier.ts'

let parent: string
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'exports-'))
  await writeFile(join(parent, 'small.onnx'), smallClassifier())
})
afterAll(() => rm(parent, { recursive: true, force: true }))

async function preparedRun(name: string, batchNormalization: 'frozen' | 'trained' = 'trained') {
  const settings = runSettingsSchema.parse({
    data: { source: { kind: 'xo', options: { count: 200, size: 16 } } },
    network: {
      kind: 'model',
      path: join(parent, 'small.onnx'),
      preprocessing: { colourOrder: 'rgb', mean: [127.5], standardDeviation: [64] },
      batchNormalization,
    },
    training: { batchSize: 8, optimizer: { kind: 'adam' }, schedule: { kind: 'constant' } },
  } satisfies RunSettingsInput)
  const folder = await RunFolder.create(join(parent, name), name, settings, '0.0.0')
  const { description } = await prepareRun(folder, settings, {})
  const weights: ReadonlyMap<string, Tensor> = new Map([
    ['conv1.bias', float32Tensor([6], Float32Array.of(1, 2, 3, 4, 5, 6))],
  ])
  const network = buildTrainedNetwork(settings, description.data, await folder.readModel('source'))
  return { settings, description, network, weights }
}

it('writes a training graph that a plain script trains with', async () => {
  const { losses, step } = await trainByPlainScript(exportTrainingGraphs(await preparedRun('graph')), parent, 20)
  expect(step).toBe(20)
  expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number))
})

it('writes the weights of a step into the file the network came from', async () => {
  const { initializers } = readModel(exportOnnx(await preparedRun('onnx'))).graph
  expect([...(initializers.get('conv1.bias')?.data as Float32Array)]).toEqual([1, 2, 3, 4, 5, 6])
  expect(initializers.get('fc.weight')?.dims).toEqual([512, 2])
})

it('writes weights that NumPy reads (needs python3 with numpy)', async (context) => {
  if (spawnSync('/usr/bin/python3', ['-c', 'import numpy']).status !== 0) context.skip('python3 has no numpy here')
  const file = join(parent, 'weights.npz')
  await writeFile(file, exportNpz(await preparedRun('npz')))
  const script =
    "import numpy,sys,json\nw=numpy.load(sys.argv[1])\nprint(json.dumps([w['conv1.bias'].tolist(), list(w['fc.weight'].shape), list(w['conv1.weight'].shape)]))"
  const { stdout, stderr } = spawnSync('/usr/bin/python3', ['-c', script, file], { encoding: 'utf8' })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toEqual([
    [1, 2, 3, 4, 5, 6],
    [512, 2],
    [6, 1, 3, 3],
  ])
})

it('writes curves a step a line', () => {
  const steps = { kind: 'steps', step: 2, epoch: 1, losses: [2, 1], trainAccuracy: 0.5, learningRate: 0.1 } as const
  const evaluation = { kind: 'evaluation', split: 'test', step: 2, epoch: 1, loss: 0.25, accuracy: 1 } as const
  expect(exportCsv([{ ...steps, imagesPerSecond: 9 }, { kind: 'checkpoint', step: 2 }, evaluation])).toBe(
    'step,epoch,split,loss,accuracy,learning_rate\n1,1,train,2,,0.1\n2,1,train,1,0.5,0.1\n2,1,test,0.25,1,\n',
  )
})
