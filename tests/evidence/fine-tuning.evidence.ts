import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Dataset } from '../../engine/datasets/dataset.ts'
import { FineTuningError } from '../../engine/fine-tuning/fine-tuning-error.ts'
import { readModelFile } from '../../engine/models/model-file.ts'
import { ModelError } from '../../engine/onnx/model-error.ts'
import { fromScratch } from '../engine/from-scratch.ts'
import {
  importedNetwork,
  openPicturesFor,
  trainOnPictures,
  trainingSettings,
  trainingThreads,
} from '../engine/picture-training.ts'
import { stepsByPyTorch } from './steps-by-pytorch.ts'

const data = resolve(import.meta.dirname, '../../../shared/data')
const models = join(data, 'models')
const flowers = join(data, 'flowers128')
const isMissing = !existsSync(models) || !existsSync(flowers)

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
const median = (values: readonly number[]) => values.toSorted((one, other) => one - other)[values.length >> 1] as number
const percent = (share: number) => `${(100 * share).toFixed(1)} %`

/** Models that no run can train on classes of pictures, with why. */
const notTrained: Readonly<Record<string, RegExp>> = {
  'TinyYOLO.onnx': /cannot be replaced/,
  'espcn_nnresize_float.onnx': /is not one score for each class/,
  'fns-candy.onnx': /is not one score for each class/,
  'mobilenet_v2_int8_matias.onnx': /is quantised/,
  'super_resolution_10.onnx': /is not one score for each class/,
  'ultraface_RFB-320.onnx': /is not one score for each class/,
}

/**
 * Made to measure speed: kernels of one repeated number, whose maps grow to 10^9 … 10^29 as they pass the layers, where
 * float32 knows no small change. They take the steps, but there is nothing for them to learn.
 */
const withoutSense = /^light_(inception_v1|resnet50|squeezenet|vgg19)[.]onnx$/

describe.skipIf(isMissing)('twenty steps of fine-tuning (needs ../shared/data)', () => {
  const files = isMissing ? [] : readdirSync(models).filter((name) => name.endsWith('.onnx'))
  it.each(files)('%s', async (name) => {
    const file = join(models, name)
    const opset = readModelFile(file).model.originalOpset
    const reason = notTrained[name]
    const training = trainingSettings({ batchSize: 8 })
    const dataset = await openFor(file, name)
    try {
      if (reason !== undefined) {
        expect(() => importedNetwork(file, dataset, training)).toThrow(reason)
        console.log(`| ${name} | ${opset} | ${sentenceOf(() => importedNetwork(file, dataset, training))} | | | |`)
        return
      }
      const { losses, elapsedMs } = await trainOnPictures(
        importedNetwork(file, dataset, training),
        dataset,
        training,
        20,
      )
      const [first, last] = [mean(losses.slice(0, 5)), mean(losses.slice(-5))]
      const ms = median(elapsedMs.slice(2))
      const loss = `${first.toPrecision(4)} → ${last.toPrecision(4)}`
      const peer = comparison(ms, stepsByPyTorch(file, training.batchSize, 6, trainingThreads))
      console.log(`| ${name} | ${opset} | trainable | ${loss} | ${ms.toFixed(1)} | ${peer} |`)
      if (!withoutSense.test(name)) expect(last).toBeLessThan(first)
    } finally {
      await dataset.close()
    }
  })
})

/** PyTorch's milliseconds a step beside ours, and how many times as fast ours are. */
function comparison(ms: number, peer: number[] | string): string {
  if (typeof peer === 'string') return peer
  const peerMs = median(peer.slice(2))
  return `${peerMs.toFixed(1)} (${(peerMs / ms).toFixed(2)} ×)`
}

/** Flowers, or for a model that takes grey pictures those that it does not know yet: clothes, else digits. */
async function openFor(file: string, name: string): Promise<Dataset> {
  const inColour = await openPicturesFor(file, flowers)
  if (inColour.summary.image.channels === 3) return inColour
  await inColour.close()
  return openPicturesFor(file, join(data, name.startsWith('fashion') ? 'mnist' : 'fashion-mnist'))
}

function sentenceOf(work: () => unknown): string {
  try {
    work()
    return ''
  } catch (error) {
    if (error instanceof FineTuningError || error instanceof ModelError) return error.message
    throw error
  }
}

interface Comparison {
  readonly name: string
  readonly steps: number
  /** Share of the test pictures by which the fine-tuned network must be ahead with every seed. */
  readonly margin: number
}

const seeds = [0, 1, 2]

/**
 * The same steps on the same pictures of flowers, 16 at a time, by Adam. From scratch the learning rate is the best of
 * three, for the network as it is and with a batch normalisation behind every convolution: a network of that depth
 * hardly begins to learn without, and a file often has them folded into its kernels.
 */
const comparisons: readonly Comparison[] = [
  { name: 'squeezenet1.1-imagenet-fp32.onnx', steps: 40, margin: 0.05 },
  { name: 'mobilenetv2-imagenet-dequantised-fp32.onnx', steps: 24, margin: 0.05 },
]
const scratchRates = [0.0003, 0.001, 0.003]

describe.skipIf(isMissing)('a pretrained network beats itself from scratch (needs ../shared/data)', () => {
  it.each(comparisons)('$name, $steps steps', async ({ name, steps, margin }) => {
    const file = join(models, name)
    const dataset = await openPicturesFor(file, flowers)
    const accuracyOf = async (seed: number, learningRate: number, scratch?: { readonly normalized: boolean }) => {
      const training = trainingSettings({ seed, learningRate })
      const imported = importedNetwork(file, dataset, training)
      const network = scratch === undefined ? imported : fromScratch(imported, { seed, ...scratch })
      const { losses, testAccuracy } = await trainOnPictures(network, dataset, training, steps)
      const accuracy = await testAccuracy()
      const form = scratch === undefined ? 'fine-tuned' : `scratch${scratch.normalized ? ', normalised' : ''}`
      const course = `${mean(losses.slice(0, 5)).toFixed(3)} → ${mean(losses.slice(-5)).toFixed(3)}`
      console.log(`${name}, ${form}, rate ${learningRate}, seed ${seed}: loss ${course}, test ${percent(accuracy)}`)
      return accuracy
    }
    const best = { rate: 0, normalized: false, accuracy: -1 }
    for (const normalized of [true, false]) {
      for (const rate of scratchRates) {
        const accuracy = await accuracyOf(0, rate, { normalized })
        if (accuracy > best.accuracy) Object.assign(best, { rate, normalized, accuracy })
      }
    }
    const scratch = [best.accuracy]
    for (const seed of seeds.slice(1)) scratch.push(await accuracyOf(seed, best.rate, { normalized: best.normalized }))
    const tuned: number[] = []
    for (const seed of seeds) tuned.push(await accuracyOf(seed, 0.001))
    console.log(
      `${name} after ${steps} steps: fine-tuned ${tuned.map(percent).join(', ')}; from scratch ${scratch.map(percent).join(', ')}`,
    )
    await dataset.close()
    for (const [index, accuracy] of tuned.entries()) {
      expect(accuracy).toBeGreaterThan((scratch[index] as number) + margin)
    }
  })
})
