import { describe, expect, it } from 'vitest'
import { sampleValues } from '../../../tests/engine/check-gradient.ts'
import { runOnCpu } from '../../../tests/engine/run-on-cpu.ts'
import { testGradients } from '../../../tests/engine/test-gradients.ts'
import { GraphBuilder } from '../../onnx/graph-builder.ts'
import { type Tensor, float32Tensor } from '../../onnx/graph.ts'
import { randomStream } from '../../random/stream.ts'
import { differentiate } from '../differentiate.ts'
import { rules } from '../registry.ts'

const isTraining: Tensor = { dataType: 'bool', dims: [], data: Uint8Array.of(1) }
const isInference: Tensor = { dataType: 'bool', dims: [], data: Uint8Array.of(0) }

testGradients('Dropout', [
  { title: 'inference without a flag', inputs: [{ dims: [3, 4] }], smoothness: 'linear' },
  {
    title: 'inference with a flag',
    inputs: [{ dims: [3, 4] }, { constant: float32Tensor([], Float32Array.of(0.3)) }, { constant: isInference }],
    smoothness: 'linear',
  },
])

describe('gradient of Dropout in training', () => {
  it.each([
    { ratio: undefined, scale: 2 },
    { ratio: 0.2, scale: 1.25 },
  ])('uses the mask of the same run, ratio $ratio', async ({ ratio, scale }) => {
    const x = float32Tensor(
      [20, 10],
      Float32Array.from({ length: 200 }, (_, index) => index + 1),
    )
    const dY = float32Tensor([20, 10], sampleValues(200, 'awayFromZero', randomStream('dropout', scale)))
    const builder = new GraphBuilder()
    builder.input({ name: 'X', type: { dataType: 'float32', dims: [20, 10] } })
    const ratioName = ratio === undefined ? '' : builder.scalar(ratio)
    builder.op('Dropout', ['X', ratioName, builder.constant('flag', isTraining)], { seed: 7 }, { name: 'Y' })
    const { graph } = differentiate(builder.build('dropout'), 'Y', ['X'], rules, { cotangent: 'dY' })
    const outputs = ['Y', 'X/grad'].map((name) => ({ name, type: undefined }))
    const results = await runOnCpu({ ...graph, outputs }, { X: x, dY })
    const Y = results['Y']?.data as Float32Array
    const dX = results['X/grad']?.data as Float32Array
    const kept = Y.filter((value) => value !== 0).length
    expect(kept).toBeGreaterThan(60)
    expect(kept).toBeLessThan(190)
    dX.forEach((value, index) => {
      const expected = Y[index] === 0 ? 0 : scale * (dY.data[index] as number)
      expect(value).toBeCloseTo(expected, 5)
    })
  })
})
