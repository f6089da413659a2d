import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { type RandomStream, randomStream } from '../../engine/random/stream.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { dot, eightPoints, floats, twoPoints } from './compare-gradients.ts'
import { withFrozenKinks } from './frozen-kinks.ts'
import { importForTraining } from './imported-training.ts'
import { runOnCpu } from './run-on-cpu.ts'

export const modelFolder = resolve(import.meta.dirname, '../../../shared/data/models')
const classes = 5

export interface ModelCase {
  readonly file: string
  /** How far a weight is moved: until the scores have changed by this share of themselves, as the gradient has it. */
  readonly share?: number
  /** But no further than this share of itself, where the scores bend so much that larger steps say nothing of the slope. */
  readonly mostOfWeight?: number
  readonly tolerance?: number
  /** Weights whose gradient is zero but for rounding. */
  readonly zero?: RegExp
}

interface Network {
  readonly graph: Graph
  readonly weights: Readonly<Record<string, Tensor>>
  readonly feeds: Readonly<Record<string, Tensor>>
}

/** What a run would train of a file, on one picture of noise. */
function openNetwork(file: string, stream: RandomStream): Network {
  const { network, image } = importForTraining(join(modelFolder, file), classes)
  const dims = [1, image.channels, image.height, image.width]
  const pixels = Float32Array.from({ length: elementCount(dims) }, () => stream.integer(256))
  const names = [...network.learningRateFactors.keys()]
  return {
    graph: {
      ...network.graph,
      inputs: [{ name: 'image', type: { dataType: 'float32', dims } }],
      outputs: [{ name: 'logits', type: undefined }],
    },
    weights: Object.fromEntries(names.map((name) => [name, network.graph.initializers.get(name) as Tensor])),
    feeds: { image: float32Tensor(dims, pixels) },
  }
}

/** The same graph with the weights as inputs. */
function withWeightsFed(graph: Graph, weights: Readonly<Record<string, Tensor>>): Graph {
  const fed = Object.entries(weights).map(([name, { dataType, dims }]) => ({ name, type: { dataType, dims } }))
  const kept = [...graph.initializers].filter(([name]) => weights[name] === undefined)
  return { ...graph, inputs: [...graph.inputs, ...fed], initializers: new Map(kept) }
}

const lengthOf = (values: Float32Array): number => Math.sqrt(dot(values, values))

/** Compares the gradient by every weight of a model file with how its scores change along that gradient. */
export async function checkWeightGradients(model: ModelCase): Promise<void> {
  const { file, share = 1, mostOfWeight = Infinity, tolerance = 1e-5, zero } = model
  const stream = randomStream('weights of models', file)
  const { graph, weights, feeds } = openNetwork(file, stream)
  const weighting = float32Tensor(
    [1, classes],
    Float32Array.from({ length: classes }, () => stream.normal()),
  )
  const names = Object.keys(weights)
  const built = differentiate(graph, 'logits', names, rules, { cotangent: 'weighting' })
  const outputs = ['logits', ...built.gradients.values()].map((name) => ({ name, type: undefined }))
  const analytical = await runOnCpu({ ...built.graph, outputs }, { ...feeds, weighting })
  const scale = lengthOf(floats(analytical['logits'])) * lengthOf(floats(weighting))

  const frozen = await withFrozenKinks(graph, feeds)
  const session = await createSession(writeModel({ graph: withWeightsFed(frozen, weights) }), {
    provider: 'cpu',
    threads: 2,
  })
  const { points, weights: factors } = share < 1 ? eightPoints : twoPoints
  for (const name of names) {
    const gradient = floats(analytical[built.gradients.get(name) as string])
    const { dims } = weights[name] as Tensor
    const start = floats(weights[name])
    const length = lengthOf(gradient)
    if (zero?.test(name) === true) {
      expect(length * lengthOf(start), name).toBeLessThan(1e-6 * scale)
      continue
    }
    // Along the gradient itself, where the change is largest.
    const step = Math.min((share * scale) / length, mostOfWeight * (lengthOf(start) || 1))
    let slope = 0
    for (const [index, point] of points.entries()) {
      const moved = start.map((value, at) => value + (point * step * (gradient[at] as number)) / length)
      const results = await session.run({ ...feeds, ...weights, [name]: float32Tensor(dims, moved) })
      const scores = floats(results['logits'] as Tensor)
      slope += ((factors[index] as number) * dot(scores, floats(weighting))) / step
    }
    expect.soft(Math.abs(slope / length - 1), name).toBeLessThan(tolerance)
  }
  await session.release()
}
