import { differentiate } from '../../engine/autodiff/differentiate.ts'
import type { RuleSet } from '../../engine/autodiff/rule.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import type { RandomStream } from '../../engine/random/stream.ts'
import { createSession } from '../../engine/runtime/session.ts'
import { runOnCpu } from './run-on-cpu.ts'

/** A central difference: f'(0) ~ sum of weight * f(point * step) / step. */
export interface Difference {
  readonly step: number
  readonly points: readonly number[]
  readonly weights: readonly number[]
}

/** Exact for what is linear or quadratic along the direction. */
export const twoPoints = { points: [1, -1], weights: [1 / 2, -1 / 2] }

/** Exact up to fourth powers: its error falls with the fourth power of the step. */
export const fourPoints = { points: [2, 1, -1, -2], weights: [-1 / 12, 8 / 12, -8 / 12, 1 / 12] }

/** Exact up to eighth powers, for steps so large that rounding is small beside them. */
export const eightPoints = {
  points: [4, 3, 2, 1, -1, -2, -3, -4],
  weights: [-1 / 280, 4 / 105, -1 / 5, 4 / 5, -4 / 5, 1 / 5, -4 / 105, 1 / 280],
}

export interface GradientComparison {
  /** |dX| in the Euclidean norm. */
  readonly length: number
  /** How far <dX, v> is from the change that was seen along the direction v, as a share of |dX| |v|. */
  readonly error: number
}

/**
 * The gradients by `values` of a random weighting of `output` against the runtime: for each X the change of that
 * weighting along one random direction v of ones and minus ones. `graph` has the tensors of `values` for inputs.
 */
export async function compareGradients(
  graph: Graph,
  output: string,
  values: Readonly<Record<string, Tensor>>,
  rules: RuleSet,
  difference: Difference,
  stream: RandomStream,
): Promise<Readonly<Record<string, GradientComparison>>> {
  const forward = { ...graph, outputs: [{ name: output, type: undefined }] }
  const { dims } = (await runOnCpu(forward, values))[output] as Tensor
  const weighting = float32Tensor(
    dims,
    Float32Array.from({ length: elementCount(dims) }, () => stream.normal()),
  )

  const names = Object.keys(values)
  const cotangent = `${output}/cotangent`
  const { graph: built, gradients } = differentiate(graph, output, names, rules, { cotangent })
  const withGradients = { ...built, outputs: [...gradients.values()].map((name) => ({ name, type: undefined })) }
  const analytical = await runOnCpu(withGradients, { ...values, [cotangent]: weighting })

  const session = await createSession(writeModel({ graph: forward }), { provider: 'cpu', threads: 1 })
  const compared: Record<string, GradientComparison> = {}
  for (const name of names) {
    const gradient = floats(analytical[gradients.get(name) as string])
    const direction = Float32Array.from(gradient, () => (stream.uniform() < 0.5 ? -1 : 1))
    const weigh = async (feeds: Readonly<Record<string, Tensor>>) =>
      dot(floats((await session.run(feeds))[output] as Tensor), floats(weighting))
    const seen = await directionalDerivative(weigh, values, name, direction, difference)
    const length = Math.sqrt(dot(gradient, gradient))
    const distance = Math.abs(seen - dot(gradient, direction))
    compared[name] = { length, error: distance === 0 ? 0 : distance / (length * Math.sqrt(direction.length)) }
  }
  await session.release()
  return compared
}

async function directionalDerivative(
  weigh: (feeds: Readonly<Record<string, Tensor>>) => Promise<number>,
  values: Readonly<Record<string, Tensor>>,
  name: string,
  direction: Float32Array,
  { step, points, weights }: Difference,
): Promise<number> {
  const { dims } = values[name] as Tensor
  const start = floats(values[name])
  let derivative = 0
  for (const [index, point] of points.entries()) {
    const moved = start.map((value, at) => value + point * step * (direction[at] ?? 0))
    derivative += ((weights[index] ?? 0) * (await weigh({ ...values, [name]: float32Tensor(dims, moved) }))) / step
  }
  return derivative
}

/** The numbers of a float32 tensor. */
export function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('A float32 tensor was expected.')
  return tensor.data
}

/** In double precision, so that the check itself adds no rounding. */
export function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0
  one.forEach((value, index) => (sum += value * (other[index] ?? Number.NaN)))
  return sum
}
