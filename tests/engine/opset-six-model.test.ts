import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { float32Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { runOnCpu } from './run-on-cpu.ts'

const path = resolve(import.meta.dirname, '../../../shared/data/models/mnist_cnn_opset6_makora.onnx')

/** Maps [C][H][W]. */
type Maps = readonly (readonly (readonly number[])[])[]

const indices = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A convolution without padding, written out. */
function convolve(maps: Maps, weights: Float32Array, bias: Float32Array, kernel: number): Maps {
  const [channels, size] = [maps.length, (maps[0]?.length ?? 0) - kernel + 1]
  return indices(bias.length).map((filter) =>
    indices(size).map((y) =>
      indices(size).map((x) => {
        let sum = bias[filter] ?? 0
        for (let channel = 0; channel < channels; channel++) {
          for (let row = 0; row < kernel; row++) {
            for (let column = 0; column < kernel; column++) {
              const weight = weights[((filter * channels + channel) * kernel + row) * kernel + column] ?? 0
              sum += weight * (maps[channel]?.[y + row]?.[x + column] ?? 0)
            }
          }
        }
        return sum
      }),
    ),
  )
}

/** The largest of each 2×2, and 0 where that is below. */
function pool(maps: Maps): Maps {
  return maps.map((map) =>
    indices(map.length / 2).map((y) =>
      indices(map.length / 2).map((x) =>
        Math.max(0, ...[0, 1].flatMap((row) => [0, 1].map((column) => map[2 * y + row]?.[2 * x + column] ?? 0))),
      ),
    ),
  )
}

function multiply(row: readonly number[], weights: Float32Array, bias: Float32Array): number[] {
  return [...bias].map((start, unit) =>
    row.reduce((sum, value, index) => sum + value * (weights[unit * row.length + index] ?? 0), start),
  )
}

it('a classifier of operator set 6, which no runtime runs as it is, gives once upgraded what its layers come to by hand', async (context) => {
  if (!existsSync(path)) return context.skip('It needs ../shared/data/models.')
  const model = readModel(readFileSync(path))
  expect(model.originalOpset).toBe(6)
  const weight = (name: string) => model.graph.initializers.get(name)?.data as Float32Array
  const stream = randomStream('operator set 6')
  const pixels = Float32Array.from({ length: 64 * 28 * 28 }, () => stream.uniform())
  const { 22: answer } = await runOnCpu(writeModel(model), { 0: float32Tensor([64, 1, 28, 28], pixels) })
  for (const picture of [0, 63]) {
    const image = indices(28).map((y) => indices(28).map((x) => pixels[(picture * 28 + y) * 28 + x] ?? 0))
    const first = pool(convolve([image], weight('1'), weight('2'), 5))
    const second = pool(convolve(first, weight('3'), weight('4'), 5))
    const hidden = multiply(second.flat(2), weight('5'), weight('6')).map((value) => Math.max(0, value))
    const scores = multiply(hidden, weight('7'), weight('8'))
    const total = Math.log(scores.reduce((sum, score) => sum + Math.exp(score), 0))
    scores.forEach((score, unit) => {
      expect((answer?.data as Float32Array)[picture * 10 + unit]).toBeCloseTo(score - total, 4)
    })
  }
})
