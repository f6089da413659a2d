import { beforeAll, describe, expect, it } from 'vitest'
import { differentiate } from '../../engine/autodiff/differentiate.ts'
import { rules } from '../../engine/autodiff/registry.ts'
import { type AttributeInput, GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { type Graph, type Tensor, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { lowerForProvider } from '../../engine/runtime/lowering/lower-for-provider.ts'
import { emitLoss } from '../../engine/training/loss.ts'
import { blocks } from './network-blocks.ts'
import { type GoldenTensor, readGolden, relativeError, toTensor } from './goldens/read-golden.ts'
import { runOnCpu } from './run-on-cpu.ts'

interface GradientsGolden {
  readonly image: GoldenTensor
  readonly labels: readonly number[]
  readonly weights: Readonly<Record<string, GoldenTensor>>
  readonly loss: number
  readonly gradients: Readonly<Record<string, GoldenTensor>>
}

const programs = {
  'as the rules write it': (graph: Graph) => graph,
  'lowered for the CPU': (graph: Graph) => lowerForProvider(graph, 'cpu'),
}

describe.each(Object.entries(programs))('gradients of a network against PyTorch, %s', (_, rewrite) => {
  const golden = readGolden<GradientsGolden>('gradients.json')
  let results: Readonly<Record<string, Tensor>>
  beforeAll(async () => {
    results = await gradientsOfNetwork(golden, rewrite)
  })

  it('has the same loss', () => {
    expect(Math.abs(Number(results['loss']?.data[0]) / golden.loss - 1)).toBeLessThan(1e-5)
  })

  it.each(Object.entries(golden.gradients))('has the same gradient by %s', (name, expected) => {
    if (name === 'conv1.bias') {
      // Batch normalization removes the mean, so this gradient is 0 but for rounding; the next bias gives the scale.
      const scale = Math.hypot(...(golden.gradients['norm.bias']?.data ?? []))
      expect(Math.hypot(...(results['conv1.bias/grad']?.data as Float32Array))).toBeLessThan(1e-5 * scale)
      return
    }
    expect(relativeError(results[`${name}/grad`], expected)).toBeLessThan(1e-4)
  })
})

interface ConventionGolden {
  readonly name: string
  readonly opType: string
  readonly attributes: Readonly<Record<string, number | readonly number[]>>
  /** The inputs behind the first. */
  readonly constants: readonly (GoldenTensor & { readonly dataType: 'float32' | 'int64' })[]
  readonly input: GoldenTensor
  readonly output: GoldenTensor
  readonly cotangent: GoldenTensor
  readonly gradient: GoldenTensor
}

describe('conventions at kinks against PyTorch', () => {
  it.each(readGolden<readonly ConventionGolden[]>('conventions.json'))('$opType: $name', async (golden) => {
    const builder = new GraphBuilder()
    builder.input({ name: 'X', type: { dataType: 'float32', dims: golden.input.dims } })
    const attributes: AttributeInput = Object.fromEntries(
      Object.entries(golden.attributes).map(([name, value]) =>
        ['alpha', 'beta'].includes(name) ? [name, float(value as number)] : [name, value],
      ),
    )
    const constants = golden.constants.map(({ dataType, dims, data }, index) =>
      builder.constant(`constant-${index}`, dataType === 'int64' ? int64Tensor(dims, data) : toTensor({ dims, data })),
    )
    builder.op(golden.opType, ['X', ...constants], attributes, { name: 'Y' })
    const { graph } = differentiate(builder.build('convention'), 'Y', ['X'], rules, { cotangent: 'dY' })
    const outputs = ['Y', 'X/grad'].map((name) => ({ name, type: undefined }))
    const results = await runOnCpu({ ...graph, outputs }, { X: toTensor(golden.input), dY: toTensor(golden.cotangent) })
    expect(relativeError(results['Y'], golden.output)).toBeLessThan(1e-6)
    expect(relativeError(results['X/grad'], golden.gradient)).toBeLessThan(1e-6)
  })
})

interface BlockGolden {
  readonly image: GoldenTensor
  readonly weights: Readonly<Record<string, GoldenTensor>>
  readonly constants: Readonly<Record<string, GoldenTensor>>
  readonly output: GoldenTensor
  readonly cotangent: GoldenTensor
  readonly gradients: Readonly<Record<string, GoldenTensor>>
}

describe.each(Object.entries(programs))('gradients of network blocks against PyTorch, %s', (_, rewrite) => {
  const goldens = readGolden<Readonly<Record<string, BlockGolden>>>('blocks.json')

  it.each(Object.entries(blocks))('%s', async (name, block) => {
    const golden = goldens[name] as BlockGolden
    const builder = new GraphBuilder()
    for (const [constant, tensor] of Object.entries(golden.constants)) builder.initializer(constant, toTensor(tensor))
    const fed = { image: golden.image, ...golden.weights }
    for (const [input, { dims }] of Object.entries(fed)) {
      builder.input({ name: input, type: { dataType: 'float32', dims } })
    }
    const output = block(builder)
    const names = Object.keys(golden.weights)
    const forward = builder.build(name)
    const { graph, gradients } = differentiate(forward, output, names, rules, { cotangent: 'dY' })
    const outputs = [output, ...gradients.values()].map((tensor) => ({ name: tensor, type: undefined }))
    const feeds = Object.entries({ ...fed, dY: golden.cotangent }).map(([input, tensor]) => [input, toTensor(tensor)])
    const results = await runOnCpu(rewrite({ ...graph, outputs }), Object.fromEntries(feeds) as Record<string, Tensor>)
    expect(relativeError(results[output], golden.output)).toBeLessThan(1e-5)
    for (const weight of names) {
      const error = relativeError(results[gradients.get(weight) as string], golden.gradients[weight] as GoldenTensor)
      expect(error, weight).toBeLessThan(1e-4)
    }
  })

  it('has a block for every golden', () => {
    expect(Object.keys(goldens)).toEqual(Object.keys(blocks))
  })
})

/** The network of make-goldens.py, its loss, and `<name>/grad` for the image and every weight. */
async function gradientsOfNetwork(
  golden: GradientsGolden,
  rewrite: (graph: Graph) => Graph,
): Promise<Readonly<Record<string, Tensor>>> {
  const builder = new GraphBuilder()
  const feeds: Record<string, Tensor> = {}
  for (const [name, tensor] of Object.entries({ image: golden.image, ...golden.weights })) {
    builder.input({ name, type: { dataType: 'float32', dims: tensor.dims } })
    feeds[name] = toTensor(tensor)
  }
  const named = (name: string) => ({ name })
  builder.op('Conv', ['image', 'conv1.weight', 'conv1.bias'], { strides: [2, 2], pads: [1, 1, 1, 1] }, named('conv1'))
  const unusedMean = builder.constant('unused-mean', float32Tensor([8], new Float32Array(8)))
  const unusedVariance = builder.constant('unused-variance', float32Tensor([8], new Float32Array(8).fill(1)))
  const normInputs = ['conv1', 'norm.scale', 'norm.bias', unusedMean, unusedVariance]
  const training = { training_mode: 1, momentum: float(0), epsilon: float(1e-5) }
  builder.ops('BatchNormalization', normInputs, training, { name: 'norm', outputCount: 3 })
  builder.op('Relu', ['norm'], {}, named('relu1'))
  builder.op('MaxPool', ['relu1'], { kernel_shape: [2, 2], strides: [2, 2] }, named('pool1'))
  builder.op('Conv', ['pool1', 'conv2.weight', 'conv2.bias'], { pads: [1, 1, 1, 1], group: 2 }, named('conv2'))
  builder.op('Relu', ['conv2'], {}, named('relu2'))
  builder.op('AveragePool', ['relu2'], { kernel_shape: [2, 2], strides: [2, 2] }, named('pool2'))
  builder.op('Flatten', ['pool2'], {}, named('flat'))
  builder.op('Gemm', ['flat', 'fc.weight', 'fc.bias'], { transB: 1 }, named('logits'))
  const labels = builder.constant('labels', int64Tensor([golden.labels.length], golden.labels))
  const { loss } = emitLoss(builder, 'crossEntropy', 'logits', labels, 5)
  const wanted = Object.keys(golden.gradients)
  const { graph, gradients } = differentiate(builder.build('golden'), loss, wanted, rules)
  const outputs = [loss, ...gradients.values()].map((name) => ({ name, type: undefined }))
  return runOnCpu(rewrite({ ...graph, outputs }), feeds)
}
