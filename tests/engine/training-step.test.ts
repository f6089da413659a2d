import { describe, expect, it } from 'vitest'
import { buildNetwork } from '../../engine/architectures/build-network.ts'
import { nameConflict } from '../../engine/architectures/reserved-names.ts'
import type { Graph, Tensor } from '../../engine/onnx/graph.ts'
import type { Architecture } from '../../engine/protocol/architecture.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { type StepBatch, createStepRunner } from '../../engine/networks/step-runner.ts'
import { buildEvaluation } from '../../engine/training/evaluation.ts'
import { fuseSteps } from '../../engine/training/fuse-steps.ts'
import type { Optimizer } from '../../engine/training/optimizer.ts'
import { type TrainingStep, buildTrainingStep } from '../../engine/training/training-step.ts'

const architecture: Architecture = {
  name: 'tiny',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 4, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'conv', name: 'conv2', filters: 6, kernel: [3, 3], stride: [1, 1], padding: [0, 0] },
    { kind: 'relu', name: 'relu2' },
    { kind: 'dropout', name: 'drop1', rate: 0.3 },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}
const size = 12
const batchSize = 8
const classes = 3

function makeNetwork(): Graph {
  const input = { channels: 1, height: size, width: size, classes } as const
  return buildNetwork(architecture, input, { mean: [0.5], standardDeviation: [0.25] }, 'heNormal', 7)
}

function makeStep(optimizer: Optimizer, clipNorm?: number): TrainingStep {
  const network = makeNetwork()
  return buildTrainingStep(network, {
    batchSize,
    imageDims: [size, size, 1],
    classes,
    loss: 'crossEntropy',
    optimizer,
    schedule: { kind: 'cosine', warmupSteps: 3, factor: 0.1, everySteps: 10, totalSteps: 40 },
    seed: 11,
    trainable: [...network.initializers.keys()].filter((name) => /\.(weight|bias)$/.test(name)),
    ...(clipNorm === undefined ? {} : { clipNorm }),
  })
}

function makeBatch(fromStep: number, count: number): StepBatch {
  const pixels = new Uint8Array(count * batchSize * size * size)
  const labels = new BigInt64Array(count * batchSize)
  for (let step = 0; step < count; step++) {
    const stream = randomStream('batch', fromStep + step)
    for (let index = 0; index < batchSize; index++) {
      const label = stream.integer(classes)
      labels[step * batchSize + index] = BigInt(label)
      const picture = pixels.subarray(
        (step * batchSize + index) * size * size,
        (step * batchSize + index + 1) * size * size,
      )
      picture.forEach((_, pixel) => (picture[pixel] = 40 * stream.uniform() + (pixel % classes === label ? 180 : 20)))
    }
  }
  return { pixels, labels, count }
}

async function train(step: TrainingStep, runs: readonly number[], from?: ReadonlyMap<string, Tensor>, fromStep = 0) {
  const runner = await createStepRunner(step, 'cpu', 2, from ?? new Map())
  const losses: number[] = []
  let done = fromStep
  for (const count of runs) {
    const results = await runner.run(makeBatch(done, count), 0.01)
    losses.push(...results.losses)
    done += count
  }
  const state = new Map(
    [...(await runner.state())].map(([name, { data, ...rest }]) => [
      name,
      { ...rest, data: (data as Float32Array).slice() },
    ]),
  )
  await runner.release()
  return { losses, state }
}

function evaluation(): Graph {
  const network = makeNetwork()
  return buildEvaluation(network, [...network.initializers.keys()], [size, size, 1], classes, 'crossEntropy')
}

/** Of inputs, constants and everything computed, also inside loops. */
function tensorNames(graph: Graph): string[] {
  const bodies = graph.nodes.flatMap(({ attributes }) =>
    Object.values(attributes).flatMap((attribute) => (attribute.kind === 'graph' ? [attribute.value] : [])),
  )
  const inputs = graph.inputs.map(({ name }) => name)
  const computed = graph.nodes.flatMap(({ outputs }) => outputs)
  return [...inputs, ...graph.initializers.keys(), ...computed, ...bodies.flatMap(tensorNames)]
}

const adam: Optimizer = { kind: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01, decay: 'decoupled' }

describe('a training step on the real runtime', () => {
  it('learns: the loss of 40 steps falls', async () => {
    const { losses } = await train(makeStep(adam), [40])
    expect(losses).toHaveLength(40)
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] as number))
  })

  it('gives the same numbers however its steps are fused, and when it goes on from a saved state', async () => {
    const step = makeStep(adam, 1)
    const whole = await train(step, [12])
    const pieces = await train(step, [1, 5, 2, 4])
    expect(pieces.losses).toEqual(whole.losses)
    expect(pieces.state).toEqual(whole.state)
    const first = await train(step, [7])
    const second = await train(step, [5], first.state, 7)
    expect([...first.losses, ...second.losses]).toEqual(whole.losses)
    expect(second.state).toEqual(whole.state)
  })

  it('goes back to the state before a run', async () => {
    const step = makeStep({ kind: 'sgd', momentum: 0.9, nesterov: true, weightDecay: 1e-4, decay: 'l2' })
    const runner = await createStepRunner(step, 'cpu', 2, new Map())
    await runner.run(makeBatch(0, 3), 0.05)
    const { losses } = await runner.run(makeBatch(3, 2), 0.05)
    runner.undo()
    expect((await runner.run(makeBatch(3, 2), 0.05)).losses).toEqual(losses)
    await runner.release()
  })

  it('limits the norm of the gradient', async () => {
    const sgd: Optimizer = { kind: 'sgd', momentum: 0, nesterov: false, weightDecay: 0, decay: 'l2' }
    const moved = async (clipNorm: number) => {
      const step = makeStep(sgd, clipNorm)
      const { state } = await train(step, [3])
      const last = await train(step, [1], state, 3)
      let square = 0
      for (const { name, initial } of step.state) {
        if (initial.dataType !== 'float32') continue
        const before = state.get(name)?.data as Float32Array
        const after = last.state.get(name)?.data as Float32Array
        after.forEach((value, index) => (square += (value - (before[index] as number)) ** 2))
      }
      return Math.sqrt(square)
    }
    // The step is the learning rate times the clipped gradient; the cosine at step 3 of 40 lowers the rate a little.
    const rate = 0.01 * 0.5 * (1 + Math.cos((Math.PI * 3) / 40))
    expect((await moved(0.001)) / (rate * 0.001)).toBeCloseTo(1, 2)
    expect(await moved(1e6)).toBeGreaterThan(10 * rate * 0.001)
  })

  it('gives no tensor of its own a name that a layer may have', () => {
    const step = makeStep(adam, 1)
    const layers = new Set(architecture.layers.map(({ name }) => name))
    const own = [step.graph, fuseSteps(step), evaluation()].flatMap(tensorNames).filter((name) => !layers.has(name))
    // Operators without a name of their own are called after their type, and give way to a layer of that name.
    const free = own.filter((name) => nameConflict(name) === undefined && !/^[A-Z][A-Za-z]+(_\d+)?$/.test(name))
    expect([...new Set(free)]).toEqual([])
  })
})
