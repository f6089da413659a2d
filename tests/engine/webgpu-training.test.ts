import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { type GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import type { ProviderName } from '../../engine/protocol/settings.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { lowerForProvider } from '../../engine/runtime/lowering/lower-for-provider.ts'
import { DeviceTensor, type RuntimeTensor, dispose, download } from '../../engine/runtime/runtime-tensor.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { type TrainingStep, buildTrainingStep } from '../../engine/training/training-step.ts'
import { drawInputs, gradientGraph } from './check-lowering.ts'
import { expectClose, numbersOf } from './compare-tensors.ts'
import { softwareGpuIsMissing, useSoftwareGpu } from './software-gpu.ts'

const batchSize = 4
const size = 10
const steps = 4

/** Overlapping and tiling pools, with and without a ReLU in front: what a graphics processor needs other forms for. */
const architecture: Architecture = {
  name: 'pools',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 3, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'conv', name: 'conv2', filters: 4, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
    { kind: 'maxPool', name: 'pool2', kernel: [3, 3], stride: [1, 1], padding: [0, 0] },
    { kind: 'averagePool', name: 'pool3', kernel: [3, 3], stride: [1, 1], padding: [0, 0] },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}

function buildStep(): TrainingStep {
  const input = { channels: 1, height: size, width: size, classes: 3 } as const
  const network = buildNetwork(architecture, input, { mean: [0.5], standardDeviation: [0.3] }, 'heNormal', 3)
  return buildTrainingStep(network, {
    batchSize,
    imageDims: [size, size, 1],
    classes: 3,
    loss: 'crossEntropy',
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'decoupled' },
    schedule: { kind: 'constant', warmupSteps: 0, factor: 1, everySteps: 1, totalSteps: 1 },
    seed: 3,
    trainable: [...network.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name)),
  })
}

/** Losses of a few steps on batches that are the same for each provider, and the weights after them. */
async function train(step: TrainingStep, provider: ProviderName) {
  const stream = randomStream('pictures')
  const floats = step.state.filter(({ initial }) => initial.dataType === 'float32')
  const session = await createSession(writeModel({ graph: lowerForProvider(step.graph, provider) }), {
    provider,
    threads: 1,
    keepOnDevice: floats.map(({ next }) => next),
  })
  let state: Record<string, RuntimeTensor> = Object.fromEntries(step.state.map(({ name, initial }) => [name, initial]))
  const losses: number[] = []
  let wereOnDevice = true
  for (let index = 0; index < steps; index++) {
    const pixels = Uint8Array.from({ length: batchSize * size * size }, () => stream.integer(256))
    const results = await session.run({
      ...state,
      pixels: { dataType: 'uint8', dims: [batchSize, size, size, 1], data: pixels },
      labels: int64Tensor([batchSize], [0, 1, 2, index % 3]),
      learningRate: { dataType: 'float32', dims: [], data: Float32Array.of(0.01) },
    })
    Object.values(state).forEach(dispose)
    state = Object.fromEntries(step.state.map(({ name, next }) => [name, results[next] as RuntimeTensor]))
    wereOnDevice &&= floats.every(({ name }) => state[name] instanceof DeviceTensor)
    losses.push(numbersOf(results['loss'] as Tensor)[0] as number)
  }
  const weight = await download(state['conv1.weight'] as RuntimeTensor)
  await session.release()
  return { losses, wereOnDevice, weight: numbersOf(weight) }
}

/** Batch normalisation in training form and a padded pool whose windows overlap, with their gradients. */
const normalized = {
  title: 'normalised',
  inputs: { x: [2, 3, 7, 6], scale: [3], shift: [3] },
  build(builder: GraphBuilder): string {
    const [mean, variance] = [0, 1].map((value) =>
      builder.constant('running', float32Tensor([3], new Float32Array(3).fill(value))),
    ) as [string, string]
    const attributes = { training_mode: 1, momentum: float(0) }
    const inputs = ['x', 'scale', 'shift', mean, variance]
    const [y] = builder.ops('BatchNormalization', inputs, attributes, { outputCount: 3 }) as [string]
    return builder.op('MaxPool', [y], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }, { name: 'y' })
  },
}

async function computeOn(provider: ProviderName, graph: Graph): Promise<Record<string, RuntimeTensor>> {
  const lowered = lowerForProvider(graph, provider)
  const session = await createSession(writeModel({ graph: lowered }), { provider, threads: 1 })
  const results = await session.run(drawInputs(normalized, graph))
  await session.release()
  return results
}

describe.skipIf(softwareGpuIsMissing !== undefined)(
  `training on WebGPU${softwareGpuIsMissing === undefined ? '' : `: ${softwareGpuIsMissing}`}`,
  () => {
    it('keeps the weights on the device and gives the losses and weights of the CPU', async () => {
      useSoftwareGpu()
      const step = buildStep()
      const [cpu, gpu] = [await train(step, 'cpu'), await train(step, 'webgpu')]
      expect(cpu.wereOnDevice).toBe(false)
      expect(gpu.wereOnDevice).toBe(true)
      expect(new Set(cpu.losses).size).toBe(steps)
      gpu.losses.forEach((loss, index) => expect(loss).toBeCloseTo(cpu.losses[index] as number, 4))
      gpu.weight.forEach((value, index) => expect(value).toBeCloseTo(cpu.weight[index] as number, 4))
    })

    it('computes batch normalisation and overlapping pools with their gradients as the CPU does', async () => {
      useSoftwareGpu()
      const graph = gradientGraph(normalized)
      const [cpu, gpu] = [await computeOn('cpu', graph), await computeOn('webgpu', graph)]
      expect(Object.keys(gpu)).toEqual(['y', 'x/grad', 'scale/grad', 'shift/grad'])
      for (const [name, tensor] of Object.entries(cpu)) expectClose(gpu[name] as Tensor, tensor as Tensor, 1e-5)
    })
  },
)
