import { describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { type Graph, type Tensor, elementCount } from '../../engine/onnx/graph.ts'
import { readModel } from '../../engine/onnx/read-model.ts'
import { randomStream } from '../../engine/random/stream.ts'
import { awayFromKinks } from './away-from-kinks.ts'
import { gradientTolerance } from './check-gradient.ts'
import { type Difference, compareGradients, eightPoints, twoPoints } from './compare-gradients.ts'
import { type OperatorModel, hasOperatorModels, readOperatorModels, refusedOperatorModels } from './operator-models.ts'

/** Models without a gradient, with the sentence that says why. Those that cannot be read are no models here. */
const withoutGradient: Readonly<Record<string, RegExp>> = {
  // Integers: a small change of the input is none.
  test_add_int16: /«sum» does not depend on «x», so it has no gradient there/,
  test_add_uint16: /«sum» does not depend on «x»/,
  test_add_uint64: /«sum» does not depend on «x»/,
  test_clip_default_int8_inbounds_expanded: /«y» does not depend on «x»/,
  test_clip_default_int8_max_expanded: /«y» does not depend on «x»/,
  test_clip_default_int8_min_expanded: /«y» does not depend on «x»/,
  test_convinteger_without_padding: /«y» does not depend on «x»/,
  test_maxpool_2d_uint8: /«y» does not depend on «x»/,
  test_quantizelinear: /«y» does not depend on «x»/,
  test_dequantizelinear: /DequantizeLinear «y» has no gradient rule/,
  test_operator_add_broadcast: /computes «2» in float64; gradients are built for float32 only/,
  test_operator_add_size1_right_broadcast: /computes «2» in float64/,
  test_operator_addconstant: /computes «2» in float64/,
  test_maxpool_with_argmax_2d_precomputed_strides: /it counts its indices column by column \(storage_order 1\)/,
}

/** Gradients that are zero: nothing passes where the lower bound exceeds the upper, nor an addend times a beta of 0. */
const zeroGradients: Readonly<Record<string, string>> = { test_clip_min_greater_than_max: 'x', test_operator_mm: '2' }

/** Inputs that a rule gives no gradient by, by their place. */
const heldStill: Readonly<Record<string, readonly number[]>> = {
  BatchNormalization: [3, 4],
  Clip: [1, 2],
  Dropout: [1],
  Pad: [2],
  Resize: [1, 2],
}

/** Linear in each input, but for what only lends a shape or a choice. */
const linear = new Set([
  ...['Add', 'Sub', 'Conv', 'ConvTranspose', 'Gemm', 'BatchNormalization', 'Dropout', 'Identity'],
  ...['AveragePool', 'GlobalAveragePool', 'ReduceMean', 'ReduceSum', 'Resize'],
  ...['Concat', 'Flatten', 'Gather', 'Pad', 'Slice', 'Split', 'Squeeze', 'Tile', 'Transpose', 'Unsqueeze'],
])

/** In pieces linear, or quadratic, in each input. */
const piecewise = new Set([
  ...['Clip', 'GlobalMaxPool', 'HardSigmoid', 'HardSwish', 'LeakyRelu', 'Less', 'MaxPool', 'PRelu', 'Where'],
])

/** Steps are powers of two, so that evenly spread values move without rounding. */
function differenceFor(graph: Graph): Difference {
  if (graph.nodes.every(({ opType }) => linear.has(opType))) return { step: 1, ...twoPoints }
  if (graph.nodes.every(({ opType }) => linear.has(opType) || piecewise.has(opType)))
    return { step: 1 / 16, ...twoPoints }
  return { step: 1 / 16, ...eightPoints }
}

/** The graph of a test with all it is given as constants: sizes, axes and bounds are then known before the run. */
function withConstants(model: OperatorModel): Graph {
  const { graph } = readModel(model.bytes)
  const given = model.inputs()
  const constants = graph.inputs.map(({ name }, index) => [name, given[index] as Tensor] as const)
  return { ...graph, inputs: [], initializers: new Map([...graph.initializers, ...constants]) }
}

/** What the gradient is checked by: every float32 tensor given to the test, but numbers that belong to its definition. */
function movedTensors(graph: Graph, inputs: readonly string[]): Readonly<Record<string, Tensor>> {
  const still = new Set(
    graph.nodes.flatMap(({ opType, inputs: names }) => (heldStill[opType] ?? []).map((place) => names[place])),
  )
  const isMoved = ([name, { dataType, dims }]: readonly [string, Tensor]) =>
    dataType === 'float32' && !still.has(name) && (elementCount(dims) > 1 || inputs.includes(name))
  return Object.fromEntries([...graph.initializers].filter(isMoved))
}

describe.skipIf(!hasOperatorModels)(
  'the gradient of the operator tests of ONNX is how their outputs change (needs ../shared/data/models)',
  () => {
    const models = readOperatorModels().filter(({ name }) => refusedOperatorModels[name] === undefined)
    it.each(models)('$name', async (model) => {
      const inputs = readModel(model.bytes).graph.inputs.map(({ name }) => name)
      const graph = withConstants(model)
      const output = graph.outputs[0]?.name as string
      const sentence = withoutGradient[model.name]
      if (sentence !== undefined) {
        expect(() => differentiate(graph, output, inputs, rules)).toThrow(sentence)
        return
      }
      const difference = differenceFor(graph)
      const reach = difference.step * Math.max(...difference.points)
      const values = awayFromKinks(graph, movedTensors(graph, inputs), reach)
      const moved: Graph = {
        ...graph,
        inputs: Object.entries(values).map(([name, { dataType, dims }]) => ({ name, type: { dataType, dims } })),
        initializers: new Map([...graph.initializers].filter(([name]) => values[name] === undefined)),
      }
      const stream = randomStream('operator tests', model.name)
      const compared = await compareGradients(moved, output, values, rules, difference, stream)
      expect(Object.keys(compared)).not.toEqual([])
      for (const [name, { error, length }] of Object.entries(compared)) {
        expect.soft(error, name).toBeLessThan(gradientTolerance)
        expect(length === 0, `the gradient by ${name} is zero`).toBe(zeroGradients[model.name] === name)
      }
    })
  },
)
