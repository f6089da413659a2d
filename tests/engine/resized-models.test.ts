import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { inFloat32 } from '../../engine/models/float32-graph.ts'
import { readModelFile } from '../../engine/models/model-file.ts'
import { ResizingError } from '../../engine/resizing/resizing-error.ts'
import { traceFilters } from '../../engine/resizing/filter-trace.ts'
import { whyNotResizable } from '../../engine/resizing/resize-filters.ts'
import { ResizedNetwork, relativeDifference } from './resized-network.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')

/** How many of its layers can have other filters, of how many. */
const models: Readonly<Record<string, readonly [number, number]>> = {
  'squeezenet1.1-imagenet-fp32': [25, 26],
  'mobilenetv2-imagenet-dequantised-fp32': [20, 53],
  resnet20_onnc: [9, 22],
  'mnist-8': [2, 3],
  mnist_cnn_opset6_makora: [3, 4],
  cnn_mnist_pytorch_ort: [3, 4],
  squeezenet_cifar10: [10, 11],
  TinyYOLO: [5, 14],
  gtsrb_fast_marabou: [3, 4],
}

describe.skipIf(!existsSync(folder))('other filters in trained models (needs ../shared/data/models)', () => {
  it.each(Object.entries(models))('%s', async (name, counts) => {
    const network = new ResizedNetwork(inFloat32(readModelFile(join(folder, `${name}.onnx`)).model.graph))
    const possible = network.layers.filter((layer) => {
      return whyNotResizable(traceFilters(layer, network.facts)) === undefined
    })
    expect([possible.length, network.layers.length]).toEqual(counts)
    const whole = await network.whole()
    const chosen = [0, 0.35, 0.7, 1].map((share) => possible[Math.floor(share * (possible.length - 1))]!)
    for (const layer of new Set(chosen)) {
      const all = Array.from({ length: layer.shape[0] }, (_, filter) => filter)
      const kept = all.filter((filter) => filter % 3 !== 1)
      const shrunk = await network.whole(network.resize(layer, { kept, added: 0 }))
      expect(relativeDifference(await network.masked(layer, kept), shrunk)).toBeLessThan(1e-5)
      expect(relativeDifference(whole, shrunk)).toBeGreaterThan(1e-6)
      const grown = network.resize(layer, { kept: all, added: 5 })
      expect(relativeDifference(whole, await network.whole(grown))).toBeLessThan(1e-6)
    }
  })

  it('names the sum that stands in the way, and the node before', () => {
    const network = new ResizedNetwork(inFloat32(readModelFile(join(folder, 'resnet20_onnc.onnx')).model.graph))
    const [stem] = network.layers
    const shrink = () => network.resize(stem!, { kept: [0], added: 0 })
    expect(shrink).toThrow(ResizingError)
    expect(shrink).toThrow('adds them to as many maps of another branch, which would have to lose the same ones')
  })
})
