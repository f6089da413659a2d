import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { GraphBuilder } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { inferShapes } from '../../engine/onnx/infer-shapes.ts'
import { randomStream } from '../../engine/random/stream.ts'
import type { Rewrite } from '../../engine/runtime/lowering/rewrite.ts'
import { rewriteGraph } from '../../engine/runtime/lowering/rewrite-graph.ts'
import { numbersOf } from './compare-tensors.ts'
import { runOnCpu } from './run-on-cpu.ts'

export interface LoweringCase {
  readonly title: string
  /** float32 inputs; the gradient by each of them is compared, and the output itself. */
  readonly inputs: Readonly<Record<string, readonly number[]>>
  /** Inputs that hold small whole numbers, so that many elements of a window are equal. */
  readonly withTies?: readonly string[]
  /** Emits the forward graph and returns its output. */
  build(builder: GraphBuilder): string
  /** What the rewrites must leave of the named operators: the proof that they did something. */
  readonly leaves: Readonly<Record<string, number>>
}

/** Largest difference that passes, as a share of the largest value of the tensor. */
export const loweringTolerance = 1e-5

/** One test per case: the gradient graph that the rules emit against what the passes make of it, on the real runtime. */
export function testLowering(
  title: string,
  passes: readonly (readonly Rewrite[])[],
  cases: readonly LoweringCase[],
): void {
  describe(title, () => {
    it.each(cases)('$title', async (testCase) => {
      const canonical = gradientGraph(testCase)
      const lowered = passes.reduce(rewriteGraph, canonical)
      const counts = Object.keys(testCase.leaves).map((opType) => [opType, countOf(lowered, opType)])
      expect(Object.fromEntries(counts)).toEqual(testCase.leaves)
      const differences = await largestDifferences(canonical, lowered, drawInputs(testCase, canonical))
      for (const [tensor, difference] of Object.entries(differences)) {
        expect(difference, tensor).toBeLessThanOrEqual(loweringTolerance)
      }
    })
  })
}

/** For each output the largest difference between both graphs, as a share of its largest value. */
export async function largestDifferences(
  expected: Graph,
  actual: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, number>> {
  const [right, found] = [await runOnCpu(expected, feeds), await runOnCpu(actual, feeds)]
  return Object.fromEntries(
    Object.entries(right).map(([name, tensor]) => {
      const [values, others] = [numbersOf(tensor), numbersOf(found[name] as Tensor)]
      expect(found[name]?.dims, name).toEqual(tensor.dims)
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
      // A tensor of zeros would agree with anything that is small.
      expect(scale, name).toBeGreaterThan(0)
      return [name, values.reduce((most, value, index) => Math.max(most, off(value, others[index])), 0) / scale]
    }),
  )
}

function off(value: number, other: number | undefined): number {
  const difference = Math.abs(value - (other ?? Number.NaN))
  return Number.isNaN(difference) ? Infinity : difference
}

function countOf(graph: Graph, opType: string): number {
  return graph.nodes.filter((node) => node.opType === opType).length
}

/** The forward graph of a case with the gradient by each input; outputs: the forward output, then the gradients. */
export function gradientGraph(testCase: Omit<LoweringCase, 'leaves'>): Graph {
  const builder = new GraphBuilder()
  for (const [name, dims] of Object.entries(testCase.inputs)) {
    builder.input({ name, type: { dataType: 'float32', dims } })
  }
  const output = testCase.build(builder)
  builder.output({ name: output, type: undefined })
  const names = Object.keys(testCase.inputs)
  const { graph, gradients } = differentiate(builder.build('forward'), output, names, rules, { cotangent: 'cotangent' })
  return { ...graph, outputs: [output, ...gradients.values()].map((name) => ({ name, type: undefined })) }
}

export function drawInputs(testCase: Omit<LoweringCase, 'leaves'>, graph: Graph): Record<string, Tensor> {
  const stream = randomStream('lowering', testCase.title)
  const types = inferShapes(graph)
  return Object.fromEntries(
    graph.inputs.map(({ name }) => {
      const dims = (types.get(name)?.dims ?? []) as readonly number[]
      const isWhole = testCase.withTies?.includes(name)
      const draw = () => (isWhole ? stream.integer(5) - 2 : stream.normal())
      return [name, float32Tensor(dims, Float32Array.from({ length: elementCount(dims) }, draw))]
    }),
  )
}
