import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { expectNoFault, tryDamaged } from '../engine/damaged-models.ts'
import { wholeModels } from '../engine/whole-models.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')

/** Small files of many exporters. */
const files = [
  ...['mnist-8.onnx', 'mnist_cnn_opset6_makora.onnx', 'cnn_mnist_pytorch_ort.onnx', 'cifar10_resnet_2b.onnx'],
  ...['light_shufflenet.onnx', 'light_inception_v1.onnx', 'espcn_nnresize_float.onnx', 'super_resolution_10.onnx'],
  ...['squeezenet_cifar10.onnx', 'mnist_burn.onnx', 'lenet5_ezkl.onnx', 'resnet20_onnc.onnx', 'ultraface_RFB-320.onnx'],
]

let programs: BuiltPrograms
beforeAll(async () => {
  programs = await buildPrograms({
    damage: fileURLToPath(new URL('../engine/damaged-models-process.ts', import.meta.url)),
  })
})
afterAll(() => programs.remove())

async function tryMany(title: string, model: Uint8Array, count: number): Promise<void> {
  const report = await tryDamaged(join(programs.folder, 'damage.js'), title, model, count)
  const { opened, trainable, sentences, ofTheRuntime, peakBytes } = report
  console.log(
    `${title}: ${count} damaged, ${opened} opened, ${trainable} could be trained, ${new Set(sentences).size} sentences, ${ofTheRuntime.length} crashes of the runtime, ${Math.round(peakBytes / 2 ** 20)} MB`,
  )
  expectNoFault(report, count)
}

it.each(Object.entries(wholeModels))('the file of %s, damaged', (title, model) => tryMany(title, model(), 4000))

describe.skipIf(!existsSync(folder))('files of many exporters (needs ../shared/data/models)', () => {
  it.each(files)('%s, damaged', (file) => tryMany(file, readFileSync(join(folder, file)), 300))
})
