import { expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { describeArchitecture } from '../../engine/architectures/describe-architecture.ts'
import { findPreset } from '../../engine/architectures/presets/presets.ts'
import { float32Tensor } from '../../engine/onnx/graph.ts'
import type { Architecture, InputShape } from '../../engine/protocol/architecture.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { runOnCpu } from './run-on-cpu.ts'

const input: InputShape = { channels: 3, height: 28, width: 28, classes: 10 }

/** Each layer of those kinds in its other form, where it has one. */
function inOtherForm(architecture: Architecture, kind: 'conv' | 'fullyConnected'): Architecture {
  let current = architecture
  // One after the other, since what one gives decides the form of the next; a convolution needs a map, so the last first.
  const order = [...architecture.layers.entries()]
  for (const [index, { name }] of kind === 'conv' ? order.reverse() : order) {
    const { otherForm } = describeArchitecture(current, input).layers.find((layer) => layer.name === name)!
    if (current.layers[index]?.kind === kind && otherForm) {
      current = { ...current, layers: current.layers.with(index, otherForm) }
    }
  }
  return current
}

async function logits(architecture: Architecture): Promise<Float32Array> {
  const graph = buildNetwork(architecture, input, { mean: [0, 0, 0], standardDeviation: [1, 1, 1] }, 'heNormal', 3)
  const random = randomStream(1, 'pictures')
  const pictures = Float32Array.from({ length: 4 * 3 * 28 * 28 }, () => 255 * random.uniform())
  const results = await runOnCpu(graph, { image: float32Tensor([4, 3, 28, 28], pictures) })
  return results['logits']!.data as Float32Array
}

it('a fully connected layer answers the same when it is written as a convolution, and back', async () => {
  const { architecture } = findPreset('lenet5')!
  const convolutional = inOtherForm(architecture, 'fullyConnected')
  expect(convolutional.layers.filter(({ kind }) => kind === 'fullyConnected')).toEqual([])
  expect(convolutional.layers.find(({ name }) => name === 'fc1')).toMatchObject({ filters: 120, kernel: [5, 5] })
  expect(convolutional.layers.find(({ name }) => name === 'fc3')).toMatchObject({ filters: 10, kernel: [1, 1] })
  const [one, other] = [await logits(architecture), await logits(convolutional)]
  expect(Math.max(...one.map(Math.abs))).toBeGreaterThan(0.1)
  const scale = Math.max(...one.map(Math.abs))
  for (const [index, value] of one.entries()) expect(Math.abs(value - other[index]!) / scale).toBeLessThan(1e-5)
  const { parameters } = describeArchitecture(convolutional, input)
  expect(parameters).toBe(describeArchitecture(architecture, input).parameters)
  const back = inOtherForm(convolutional, 'conv')
  expect(back.layers.find(({ name }) => name === 'fc1')).toEqual({ kind: 'fullyConnected', name: 'fc1', units: 120 })
})
