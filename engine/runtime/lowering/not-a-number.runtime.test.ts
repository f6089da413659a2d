import { expect, it } from 'vitest'
import { drawInputs, gradientGraph } from '../../../tests/engine/check-lowering.ts'
import { runOnCpu } from '../../../tests/engine/run-on-cpu.ts'
import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import type { Tensor } from '../../onnx/graph.ts'
import { lowerForProvider } from './lower-for-provider.ts'

const samples = 8
const spoilt = 2

const network = {
  title: 'three layers',
  inputs: { x: [samples, 3, 10, 10], w1: [6, 3, 3, 3], w2: [9, 6, 3, 3], w3: [4, 9, 1, 1] },
  build(builder: GraphBuilder): string {
    const pads = { pads: [1, 1, 1, 1] }
    const first = builder.op('Relu', [builder.op('Conv', ['x', 'w1'], pads)])
    const pooled = builder.op('MaxPool', [first], { kernel_shape: [2, 2], strides: [2, 2] })
    const second = builder.op('Relu', [builder.op('Conv', [pooled, 'w2'], pads)])
    return builder.op('Conv', [second, 'w3'], {}, { name: 'y' })
  },
}

const isFinite = (values: Float32Array): boolean => values.every(Number.isFinite)

/** Of each sample, whether all its numbers are finite. */
function finiteSamples(tensor: Tensor): boolean[] {
  const data = tensor.data as Float32Array
  const size = data.length / samples
  return Array.from({ length: samples }, (_, index) => isFinite(data.subarray(index * size, (index + 1) * size)))
}

it.each([Number.NaN, Number.POSITIVE_INFINITY])(
  'keeps what one picture makes of %s apart from the maps and gradients of the others',
  async (value) => {
    const graph = gradientGraph(network)
    const lowered = lowerForProvider(graph, 'cpu')
    expect(lowered.nodes.some(({ opType }) => opType === 'ConvTranspose')).toBe(false)
    const feeds = drawInputs(network, graph)
    const pixels = feeds['x']?.data as Float32Array
    pixels[spoilt * 300 + 150] = value
    const others = Array.from({ length: samples }, (_, index) => index !== spoilt)
    for (const form of [graph, lowered]) {
      const results = await runOnCpu(form, feeds)
      expect(finiteSamples(results['y'] as Tensor)).toEqual(others)
      const gradient = finiteSamples(results['x/grad'] as Tensor)
      expect(gradient.filter((_, index) => index !== spoilt)).not.toContain(false)
      // The step's weights are where it is noticed.
      expect(isFinite(results['w1/grad']?.data as Float32Array)).toBe(false)
    }
  },
)
