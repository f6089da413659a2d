import { describe, expect, it } from 'vitest'
import { GraphBuilder } from '../onnx/graph-builder.ts'
import { type Dimension, type Graph, float32Tensor } from '../onnx/graph.ts'
import { inferShapes } from '../onnx/infer-shapes.ts'
import { differentiate } from './differentiate.ts'
import { DifferentiationError } from './differentiation-error.ts'
import { rules } from './registry.ts'
import { type GradientRule, withRules } from './rule.ts'

type Build = (builder: GraphBuilder) => void

function graphOf(inputs: Readonly<Record<string, readonly Dimension[]>>, build: Build): Graph {
  const builder = new GraphBuilder()
  for (const [name, dims] of Object.entries(inputs)) builder.input({ name, type: { dataType: 'float32', dims } })
  build(builder)
  return builder.build('test')
}

/** The nodes behind the forward ones, as `output = Operator(inputs)`. */
function emitted(forward: Graph, graph: Graph): readonly string[] {
  return graph.nodes
    .slice(forward.nodes.length)
    .map((node) => `${node.outputs.join(', ')} = ${node.opType}(${node.inputs.join(', ')})`)
}

function problemsOf(run: () => unknown): readonly string[] {
  try {
    run()
  } catch (error) {
    if (error instanceof DifferentiationError) return error.problems
    throw error
  }
  return []
}

describe('differentiate', () => {
  it('names gradients after their tensors and starts from one', () => {
    const forward = graphOf({ x: [2, 3] }, (builder) => {
      builder.op('Tanh', ['x'], {}, { name: 'y' })
      builder.op('ReduceSum', ['y'], { keepdims: 0 }, { name: 'loss' })
    })
    const { graph, gradients } = differentiate(forward, 'loss', ['x', 'y'], rules)
    expect(gradients).toEqual(
      new Map([
        ['x', 'x/grad'],
        ['y', 'y/grad'],
      ]),
    )
    expect(emitted(forward, graph)).toEqual([
      'y/grad = Expand(constant/1, constant/[2,3])',
      'y/grad/squared = Mul(y, y)',
      'y/grad/slope = Sub(constant/1, y/grad/squared)',
      'x/grad = Mul(y/grad, y/grad/slope)',
    ])
    expect(graph.nodes.at(-1)?.name).toBe('y/grad/dX')
    expect(graph.outputs).toEqual(forward.outputs)
  })

  it('adds up what every use of a tensor contributes', () => {
    const forward = graphOf({ x: [3] }, (builder) => {
      builder.op('Exp', ['x'], {}, { name: 'a' })
      builder.op('Mul', ['x', 'x'], {}, { name: 'b' })
      builder.op('Add', ['a', 'b'], {}, { name: 'y' })
    })
    const { graph } = differentiate(forward, 'y', ['x'], rules, { cotangent: 'seed' })
    expect(graph.inputs.map((input) => input.name)).toEqual(['x', 'seed'])
    expect(emitted(forward, graph)).toEqual([
      'b/grad/dA = Mul(seed, x)',
      'b/grad/dB = Mul(seed, x)',
      'a/grad/dX = Mul(seed, a)',
      'x/grad/sum-2 = Add(b/grad/dA, b/grad/dB)',
      'x/grad = Add(x/grad/sum-2, a/grad/dX)',
    ])
  })

  it('gives every tensor asked for a gradient of its own name, even where two are equal', () => {
    const forward = graphOf({ x: [3], z: [3] }, (builder) => builder.op('Add', ['x', 'z'], {}, { name: 'y' }))
    const { graph, gradients } = differentiate(forward, 'y', ['x', 'z', 'y'], rules)
    expect([...gradients.values()]).toEqual(['x/grad', 'z/grad', 'y/grad'])
    expect(new Set(graph.nodes.flatMap((node) => node.outputs))).toContain('z/grad')
  })

  it('sums a broadcast input back to its shape', () => {
    const forward = graphOf({ x: ['batch', 3, 4], bias: [3, 1], scalar: [] }, (builder) => {
      builder.op('Add', ['x', 'bias'], {}, { name: 'y' })
      builder.op('Add', ['y', 'scalar'], {}, { name: 'z' })
    })
    const { graph, gradients } = differentiate(forward, 'z', ['x', 'bias', 'scalar'], rules, { cotangent: 'seed' })
    const types = inferShapes(graph)
    expect(types.get(gradients.get('bias') as string)?.dims).toEqual([3, 1])
    expect(types.get(gradients.get('scalar') as string)?.dims).toEqual([])
    expect(types.get(gradients.get('x') as string)?.dims).toEqual(['batch', 3, 4])
  })

  it('emits nothing for branches that lead to no wanted tensor', () => {
    const forward = graphOf({ x: [2, 3], other: [2, 3] }, (builder) => {
      builder.initializer('w', float32Tensor([3, 3], new Float32Array(9)))
      builder.op('Asin', ['other'], {}, { name: 'side' })
      builder.op('MatMul', ['side', 'w'], {}, { name: 'product' })
      builder.op('Mul', ['product', 'x'], {}, { name: 'y' })
      builder.op('Acos', ['y'], {}, { name: 'unused' })
    })
    const { graph } = differentiate(forward, 'y', ['w'], rules, { cotangent: 'seed' })
    expect(emitted(forward, graph)).toEqual([
      'product/grad = Mul(seed, x)',
      'product/grad/dB/transposed = Transpose(side)',
      'w/grad = MatMul(product/grad/dB/transposed, product/grad)',
    ])
  })

  it('lets no gradient through operators without one', () => {
    const forward = graphOf({ x: [2, 3] }, (builder) => {
      builder.op('Greater', ['x', builder.scalar(0)], {}, { name: 'mask' })
      builder.op('Cast', ['mask'], { to: 1 }, { name: 'number' })
      builder.op('Mul', ['x', 'number'], {}, { name: 'y' })
    })
    const { graph } = differentiate(forward, 'y', ['x'], rules, { cotangent: 'seed' })
    expect(emitted(forward, graph)).toEqual(['x/grad = Mul(seed, number)'])
  })

  it('gives a forward operator the output its rule needs, and leaves the given graph alone', () => {
    const forward = graphOf({ x: [1, 1, 4, 4] }, (builder) =>
      builder.op('MaxPool', ['x'], { kernel_shape: [2, 2], strides: [2, 2] }, { name: 'pool' }),
    )
    const { graph } = differentiate(forward, 'pool', ['x'], rules)
    expect(graph.nodes[0]?.outputs).toEqual(['pool', 'pool:1'])
    expect(forward.nodes[0]?.outputs).toEqual(['pool'])
  })

  it('can be applied to its own result', () => {
    const forward = graphOf({ x: [3] }, (builder) => builder.op('Exp', ['x'], {}, { name: 'y' }))
    const first = differentiate(forward, 'y', ['x'], rules)
    const second = differentiate(first.graph, 'x/grad', ['x'], rules)
    expect(second.gradients.get('x')).toBe('x/grad_2')
    expect(second.graph.nodes.filter((node) => node.outputs.includes('x/grad_2'))).toHaveLength(1)
  })

  it('lists every operator it cannot differentiate at once', () => {
    const forward = graphOf({ x: [1, 1, 4, 4] }, (builder) => {
      builder.op('Asin', ['x'], {}, { name: 'first' })
      builder.op('MaxPool', ['first'], { kernel_shape: [2, 2], storage_order: 1 }, { name: 'pool' })
      builder.op('Acos', ['pool'], {}, { name: 'second' })
    })
    expect(problemsOf(() => differentiate(forward, 'second', ['x'], rules))).toEqual([
      expect.stringMatching(/^Asin «first» has no gradient rule; /),
      expect.stringMatching(/^MaxPool «pool» cannot be differentiated: /),
      expect.stringMatching(/^Acos «second» has no gradient rule; /),
    ])
  })

  it('says why a rule refuses a node', () => {
    const forward = graphOf({ x: [1, 1, 4, 4] }, (builder) =>
      builder.op('MaxPool', ['x'], { kernel_shape: [2, 2], storage_order: 1 }, { name: 'pool' }),
    )
    expect(problemsOf(() => differentiate(forward, 'pool', ['x'], rules))).toEqual([
      'MaxPool «pool» cannot be differentiated: it counts its indices column by column (storage_order 1), which has no gradient here.',
    ])
  })

  it('names tensors that are unknown, or that the result does not depend on', () => {
    const forward = graphOf({ x: [3], z: [3] }, (builder) => builder.op('Exp', ['x'], {}, { name: 'y' }))
    expect(problemsOf(() => differentiate(forward, 'y', ['w'], rules))).toEqual(['The graph «test» has no tensor «w».'])
    expect(problemsOf(() => differentiate(forward, 'y', ['x', 'z'], rules))).toEqual([
      '«y» does not depend on «z», so it has no gradient there.',
    ])
  })

  it('starts from a tensor of the graph, if it has the right shape', () => {
    const forward = graphOf({ x: [3], seed: [3], other: [2] }, (builder) => builder.op('Neg', ['x'], {}, { name: 'y' }))
    const { graph } = differentiate(forward, 'y', ['x'], rules, { cotangent: 'seed' })
    expect(graph.inputs).toEqual(forward.inputs)
    expect(emitted(forward, graph)).toEqual(['x/grad = Neg(seed)'])
    expect(problemsOf(() => differentiate(forward, 'y', ['x'], rules, { cotangent: 'other' }))).toEqual([
      'The cotangent «other» is float32 [2], but the gradient of «y» is float32 [3]; give one of that shape.',
    ])
  })

  it('refuses other types than float32', () => {
    const forward = graphOf({ x: [3] }, (builder) => {
      builder.op('Cast', ['x'], { to: 10 }, { name: 'half' })
      builder.op('Cast', ['half'], { to: 1 }, { name: 'y' })
    })
    expect(problemsOf(() => differentiate(forward, 'y', ['x'], rules))).toEqual([
      'Cast «half» computes «half» in float16; gradients are built for float32 only.',
    ])
  })

  it.each([
    {
      title: 'a gradient of the wrong shape',
      rule: wrongRule((node) => [node.outputGradient(0)]),
      problem: 'The gradient rule of Flatten «y» returned float32 [2, 12] for input 0 «x», which is float32 [2, 3, 4].',
    },
    {
      title: 'a missing gradient',
      rule: wrongRule(() => []),
      problem: 'Flatten «y» has no gradient for its input 0 «x».',
    },
    {
      title: 'reading a tensor it did not declare',
      rule: wrongRule((node) => [node.input(0)]),
      problem: 'Flatten «y» has a gradient rule that reads input 0 without declaring it in keeps.',
    },
  ])('catches a rule for $title', ({ rule, problem }) => {
    const forward = graphOf({ x: [2, 3, 4] }, (builder) => builder.op('Flatten', ['x'], {}, { name: 'y' }))
    expect(problemsOf(() => differentiate(forward, 'y', ['x'], withRules(rules, rule)))).toEqual([problem])
  })
})

function wrongRule(gradient: GradientRule['gradient']): GradientRule {
  return { opType: 'Flatten', keeps: { inputs: [], outputs: [] }, gradient }
}
