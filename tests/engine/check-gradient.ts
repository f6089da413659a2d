import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules as allRules } from '../../engine/autodiff/registry.ts'
import type { RuleSet } from '../../engine/autodiff/rule.ts'
import { type AttributeInput, GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { type RandomStream, randomStream, shuffledIndices } from '../../engine/random/stream.ts'
import { type Session, createSession } from '../../engine/runtime/session.ts'
import { runOnCpu } from './run-on-cpu.ts'

/**
 * Where the operator is evaluated: normal values; away from 0, by more than a step, with either sign; positive, between
 * 1 and 3; or all different by more than two steps, so that no step changes their order.
 */
export type Sample = 'normal' | 'awayFromZero' | 'positive' | 'separated'

export type CaseInput = { readonly dims: readonly number[]; readonly sample?: Sample } | { readonly constant: Tensor }

/**
 * How far the operator is moved: 1 where the output is linear in each input, 0.1 where it is piecewise linear, and for
 * smooth operators 0.03 with the five-point formula, whose error falls with the fourth power of the step.
 */
export type Smoothness = 'linear' | 'piecewiseLinear' | 'smooth'

export interface GradientCase {
  readonly title: string
  readonly opType: string
  /** `undefined` is an optional input left out. Gradients are checked by every input that is not constant. */
  readonly inputs: readonly (CaseInput | undefined)[]
  readonly attributes?: AttributeInput
  readonly outputCount?: number
  readonly smoothness: Smoothness
  /** Declares the first axis of the first input as a size that only the run knows. */
  readonly symbolicBatch?: boolean
}

/** Largest error that passes, as a share of |dX| |v|: a rule that is 1 % wrong shows 2.6e-3. */
export const gradientTolerance = 1e-5

/** Points and weights of the central difference: f'(0) ~ sum of weight * f(point * step) / step. */
const differences = {
  linear: { step: 1, points: [1, -1], weights: [1 / 2, -1 / 2] },
  piecewiseLinear: { step: 0.1, points: [1, -1], weights: [1 / 2, -1 / 2] },
  smooth: { step: 0.03, points: [2, 1, -1, -2], weights: [-1 / 12, 8 / 12, -8 / 12, 1 / 12] },
}

/**
 * The largest error of a rule over the operator's inputs: for each input X the change of a random weighting of the
 * output along one random direction v, taken on the real runtime, against <dX, v>, divided by |dX| |v|.
 */
export async function gradientError(testCase: GradientCase, rules: RuleSet = allRules): Promise<number> {
  const stream = randomStream('gradient check', testCase.title)
  const values = drawInputs(testCase, stream)
  const forward = forwardGraph(testCase)
  const output = (await runOnCpu(forward, values))['Y'] as Tensor
  const cotangent = float32Tensor(output.dims, sampleValues(elementCount(output.dims), 'normal', stream))

  const names = Object.keys(values)
  const { graph, gradients } = differentiate(forward, 'Y', names, rules, { cotangent: 'Y/cotangent' })
  const withGradients = { ...graph, outputs: [...gradients.values()].map((name) => ({ name, type: undefined })) }
  const analytical = await runOnCpu(withGradients, { ...values, 'Y/cotangent': cotangent })

  const session = await createSession(writeModel({ graph: forward }), { provider: 'cpu', threads: 1 })
  const errors: number[] = []
  for (const name of names) {
    const gradient = floats(analytical[gradients.get(name) as string])
    const direction = Float32Array.from(gradient, () => (stream.uniform() < 0.5 ? -1 : 1))
    const numerical = await directionalDerivative(session, values, name, direction, cotangent, testCase.smoothness)
    const scale = Math.hypot(...gradient) * Math.hypot(...direction)
    errors.push(Math.abs(numerical - dot(gradient, direction)) / scale)
  }
  await session.release()
  return Math.max(...errors)
}

function forwardGraph(testCase: GradientCase): Graph {
  const builder = new GraphBuilder()
  const inputs = testCase.inputs.map((input, index) => {
    if (input === undefined) return ''
    const name = inputName(index)
    if ('constant' in input) return builder.initializer(name, input.constant)
    const dims = index === 0 && testCase.symbolicBatch === true ? ['batch', ...input.dims.slice(1)] : input.dims
    return builder.input({ name, type: { dataType: 'float32', dims } })
  })
  builder.ops(testCase.opType, inputs, testCase.attributes, { name: 'Y', outputCount: testCase.outputCount ?? 1 })
  const graph = builder.build('gradient-check')
  return { ...graph, outputs: [{ name: 'Y', type: inferShapes(graph).get('Y') }] }
}

function drawInputs(testCase: GradientCase, stream: RandomStream): Record<string, Tensor> {
  const drawn: Record<string, Tensor> = {}
  testCase.inputs.forEach((input, index) => {
    if (input === undefined || 'constant' in input) return
    const values = sampleValues(elementCount(input.dims), input.sample ?? 'normal', stream)
    drawn[inputName(index)] = float32Tensor(input.dims, values)
  })
  return drawn
}

export function sampleValues(count: number, sample: Sample, stream: RandomStream): Float32Array {
  switch (sample) {
    case 'normal':
      return Float32Array.from({ length: count }, () => stream.normal())
    case 'positive':
      return Float32Array.from({ length: count }, () => 1 + 2 * stream.uniform())
    case 'awayFromZero':
      return Float32Array.from({ length: count }, () => {
        const value = stream.normal()
        return value + 0.2 * (value < 0 ? -1 : 1)
      })
    case 'separated':
      return Float32Array.from(shuffledIndices(count, stream), (rank) => 0.25 * (rank - count / 2))
  }
}

async function directionalDerivative(
  session: Session,
  values: Readonly<Record<string, Tensor>>,
  name: string,
  direction: Float32Array,
  cotangent: Tensor,
  smoothness: Smoothness,
): Promise<number> {
  const { step, points, weights } = differences[smoothness]
  const { dims } = values[name] as Tensor
  const start = floats(values[name])
  let derivative = 0
  for (const [index, point] of points.entries()) {
    const moved = start.map((value, at) => value + point * step * (direction[at] ?? 0))
    const { Y } = await session.run({ ...values, [name]: float32Tensor(dims, moved) })
    derivative += ((weights[index] ?? 0) * dot(floats(Y as Tensor), floats(cotangent))) / step
  }
  return derivative
}

function floats(tensor: Tensor | undefined): Float32Array {
  if (!(tensor?.data instanceof Float32Array)) throw new Error('A float32 tensor was expected.')
  return tensor.data
}

/** In double precision, so that the check itself adds no rounding. */
function dot(one: Float32Array, other: Float32Array): number {
  let sum = 0
  one.forEach((value, index) => (sum += value * (other[index] ?? Number.NaN)))
  return sum
}

function inputName(index: number): string {
  return `X${index}`
}
