import { rules as allRules } from '../../engine/autodiff/registry.ts'
import type { RuleSet } from '../../engine/autodiff/rule.ts'
import { type AttributeInput, GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { type RandomStream, randomStream, shuffledIndices } from '../../engine/random/stream.ts'
import { type Difference, compareGradients, fourPoints, twoPoints } from './compare-gradients.ts'

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

const differences: Readonly<Record<Smoothness, Difference>> = {
  linear: { step: 1, ...twoPoints },
  piecewiseLinear: { step: 0.1, ...twoPoints },
  smooth: { step: 0.03, ...fourPoints },
}

/**
 * The largest error of a rule over the operator's inputs, see `compareGradients`. Throws where a gradient is zero, which
 * would agree with anything.
 */
export async function gradientError(testCase: GradientCase, rules: RuleSet = allRules): Promise<number> {
  const stream = randomStream('gradient check', testCase.title)
  const values = drawInputs(testCase, stream)
  const difference = differences[testCase.smoothness]
  const compared = await compareGradients(forwardGraph(testCase), 'Y', values, rules, difference, stream)
  const errors = Object.entries(compared).map(([name, { error, length }]) => {
    if (length === 0) throw new Error(`The gradient by ${name} of «${testCase.title}» is zero; give another case.`)
    return error
  })
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

function inputName(index: number): string {
  return `X${index}`
}
