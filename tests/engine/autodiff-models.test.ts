import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { type Graph, type Tensor, float32Tensor } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { sampleValues } from './check-gradient.ts'
import { runOnCpu } from './run-on-cpu.ts'

const folder = join(import.meta.dirname, '../../../shared/data/models')

/** Written by other programs in operator sets 8 to 12; shape of one batch of their input. */
const models = [
  { file: 'cifar10_resnet_2b.onnx', dims: [1, 3, 32, 32] },
  { file: 'resnet20_onnc.onnx', dims: [1, 3, 32, 32] },
  { file: 'lenet5_ezkl.onnx', dims: [2, 1, 32, 32] },
  { file: 'mnist_burn.onnx', dims: [1, 1, 28, 28] },
  { file: 'squeezenet_cifar10.onnx', dims: [2, 32, 32, 3] },
  { file: 'ibp_3_3_8.onnx', dims: [2, 3, 32, 32] },
]

describe('the gradient by the image of models from elsewhere (needs ../shared/data/models)', () => {
  it.skipIf(!existsSync(folder)).each(models)('$file changes the output as it says', async ({ file, dims }) => {
    const { graph } = readModel(readFileSync(join(folder, file)))
    const input = graph.inputs[0]?.name as string
    const output = graph.outputs[0]?.name as string
    const stream = randomStream('models', file)
    const count = dims.reduce((product, size) => product * size, 1)
    const image = sampleValues(count, 'normal', stream)
    const gradient = await gradientAt(graph, input, output, float32Tensor(dims, image))

    // Along the gradient itself, where the change is largest against rounding, in a step that passes few kinks:
    // the two together stay below 2e-3 here.
    const length = Math.hypot(...gradient)
    const step = 3e-3
    const outputAt = async (distance: number) => {
      const moved = image.map((value, index) => value + ((gradient[index] ?? 0) / length) * distance)
      const results = await runOnCpu(
        { ...graph, outputs: [{ name: output, type: undefined }] },
        { [input]: float32Tensor(dims, moved) },
      )
      return weightedSum(results[output] as Tensor)
    }
    const slope = ((await outputAt(step)) - (await outputAt(-step))) / (2 * step)
    expect(Math.abs(slope / length - 1)).toBeLessThan(5e-3)
  })
})

async function gradientAt(graph: Graph, input: string, output: string, image: Tensor): Promise<Float32Array> {
  const { graph: built, gradients } = differentiate(graph, output, [input], rules, { cotangent: 'cotangent' })
  const gradient = gradients.get(input) as string
  const forward = await runOnCpu({ ...graph, outputs: [{ name: output, type: undefined }] }, { [input]: image })
  const { dims, data } = forward[output] as Tensor
  const weights = float32Tensor(
    dims,
    (data as Float32Array).map((_, index) => outputWeight(index)),
  )
  const feeds = { [input]: image, cotangent: weights }
  const results = await runOnCpu({ ...built, outputs: [{ name: gradient, type: undefined }] }, feeds)
  return results[gradient]?.data as Float32Array
}

/** Different for neighbours: the plain sum of a softmax never changes. */
function outputWeight(index: number): number {
  return Math.cos(2 * index + 1)
}

function weightedSum({ data }: Tensor): number {
  return Array.from(data as Float32Array).reduce((sum, value, index) => sum + value * outputWeight(index), 0)
}
