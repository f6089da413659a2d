import { type AttributeInput, type GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { float32Tensor } from '../../engine/onnx/graph.ts'

/** Emits one of the blocks of make-goldens.py from the tensors named as there; returns its output. */
export type Block = (builder: GraphBuilder) => string

type Normalize = (builder: GraphBuilder, x: string, name: string) => string

const same = { pads: [1, 1, 1, 1] }
const twice = { strides: [2, 2] }

function relu6(builder: GraphBuilder, x: string): string {
  return builder.op('Clip', [x, builder.scalar(0), builder.scalar(6)])
}

/**
 * Batch normalisation by the batch's own statistics. Mean and variance are there because the operator wants some; each is
 * different, as the runtime keeps equal constants once and writes the batch's statistics into them.
 */
function trained(builder: GraphBuilder, x: string, name: string): string {
  const number = Number(name.at(-1))
  const mean = builder.constant(`${name}.mean`, float32Tensor([4], new Float32Array(4).fill(number)))
  const variance = builder.constant(`${name}.variance`, float32Tensor([4], new Float32Array(4).fill(10 + number)))
  const inputs = [x, `${name}.scale`, `${name}.bias`, mean, variance]
  const attributes = { training_mode: 1, momentum: float(0) }
  return builder.ops('BatchNormalization', inputs, attributes, { outputCount: 3 })[0] as string
}

function frozen(builder: GraphBuilder, x: string, name: string): string {
  const inputs = [x, `${name}.scale`, `${name}.bias`, `${name}.mean`, `${name}.variance`]
  return builder.op('BatchNormalization', inputs)
}

function residual(normalize: Normalize): Block {
  return (builder) => {
    const first = normalize(builder, builder.op('Conv', ['image', 'conv1'], { ...same, ...twice }), 'norm1')
    const conv2 = builder.op('Conv', [builder.op('Relu', [first]), 'conv2'], same)
    const shortcut = builder.op('Conv', ['image', 'shortcut'], twice)
    const sum = builder.op('Add', [normalize(builder, conv2, 'norm2'), normalize(builder, shortcut, 'norm3')])
    return builder.op('Relu', [sum])
  }
}

function separable(builder: GraphBuilder): string {
  const wide = relu6(builder, frozen(builder, builder.op('Conv', ['image', 'expand']), 'norm1'))
  const depthwise = builder.op('Conv', [wide, 'depthwise'], { ...same, group: 8 })
  const projected = builder.op('Conv', [relu6(builder, frozen(builder, depthwise, 'norm2')), 'project'])
  return builder.op('Add', ['image', frozen(builder, projected, 'norm3')])
}

function inception(builder: GraphBuilder): string {
  const reduced = (name: string) => builder.op('Relu', [builder.op('Conv', ['image', `${name}.reduce`])])
  const pool = builder.op('MaxPool', ['image'], { ...same, kernel_shape: [3, 3] })
  const branches = [
    builder.op('Conv', ['image', 'one']),
    builder.op('Conv', [reduced('three'), 'three'], same),
    builder.op('Conv', [reduced('five'), 'five'], { pads: [2, 2, 2, 2] }),
    builder.op('Conv', [pool, 'pool.project']),
  ]
  const bias = builder.op('Unsqueeze', ['bias', builder.ints([1, 2])])
  return builder.op('Relu', [builder.op('Add', [builder.op('Concat', branches, { axis: 1 }), bias])])
}

function squeezeAndExcite(builder: GraphBuilder): string {
  const maps = builder.op('HardSwish', [builder.op('Conv', ['image', 'conv'], same)])
  const squeezed = builder.op('Conv', [builder.op('GlobalAveragePool', [maps]), 'squeeze', 'squeeze.bias'])
  const excited = builder.op('Conv', [builder.op('Relu', [squeezed]), 'excite', 'excite.bias'])
  return builder.op('Mul', [maps, builder.op('HardSigmoid', [excited], { alpha: float(1 / 6), beta: float(0.5) })])
}

function alexnetHead(builder: GraphBuilder): string {
  const normalization = { size: 5, alpha: float(0.8), beta: float(0.75), bias: float(2) }
  const stage = (x: string, conv: string, attributes: AttributeInput, stride: number) => {
    const rectified = builder.op('Relu', [builder.op('Conv', [x, conv, `${conv}.bias`], attributes)])
    const pool = { kernel_shape: [3, 3], strides: [stride, stride] }
    return builder.op('MaxPool', [builder.op('LRN', [rectified], normalization)], pool)
  }
  const first = stage('image', 'conv1', { ...twice, pads: [2, 2, 2, 2] }, 2)
  const second = stage(first, 'conv2', { ...same, group: 2 }, 1)
  return builder.op('LogSoftmax', [
    builder.op('Gemm', [builder.op('Flatten', [second]), 'fc', 'fc.bias'], { transB: 1 }),
  ])
}

function decoder(builder: GraphBuilder): string {
  const up1 = { ...same, ...twice, output_padding: [1, 1] }
  const wide = builder.op('ConvTranspose', ['image', 'up1'], up1)
  const normalized = builder.op('InstanceNormalization', [wide, 'norm.scale', 'norm.bias'])
  const y = builder.op('PRelu', [normalized, builder.op('Unsqueeze', ['slope', builder.ints([1, 2])])])
  const up = builder.op('ConvTranspose', [y, 'up2', 'up2.bias'], { ...same, ...twice, group: 2 })
  const scales = builder.floats([1, 1, 2, 2])
  const skip = builder.op('Resize', [builder.op('Conv', [y, 'skip']), '', scales], { mode: 'linear' })
  const [half = ''] = builder.ops('Split', [y], { axis: 1, num_outputs: 2 }, { outputCount: 2 })
  const asymmetric = { mode: 'nearest', coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }
  const nearest = builder.op('Resize', [half, '', scales], asymmetric)
  const joined = builder.op('Concat', [builder.op('Add', [up, skip]), nearest], { axis: 1 })
  const bordered = builder.op('Pad', [joined, builder.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'reflect' })
  return builder.op('Tanh', [builder.op('Conv', [bordered, 'out'])])
}

function attention(builder: GraphBuilder): string {
  const normalized = builder.op('LayerNormalization', ['image', 'norm1.scale', 'norm1.bias'])
  const projected = builder.op('MatMul', [normalized, 'qkv'])
  const shaped = builder.op('Reshape', [projected, builder.ints([2, 5, 3, 2, 4])])
  const parts = builder.op('Transpose', [shaped], { perm: [2, 0, 3, 1, 4] })
  const [q = '', k = '', v = ''] = [0, 1, 2].map((index) =>
    builder.op('Gather', [parts, builder.int(index)], { axis: 0 }),
  )
  const scores = builder.op('Einsum', [q, k], { equation: 'bhqd,bhkd->bhqk' })
  const weights = builder.op('Softmax', [builder.op('Div', [scores, builder.scalar(2)])])
  const mixed = builder.op('Einsum', [weights, v], { equation: 'bhqk,bhkd->bqhd' })
  const joined = builder.op('MatMul', [builder.op('Reshape', [mixed, builder.ints([2, 5, 8])]), 'projection'])
  const x = builder.op('Add', ['image', joined])
  const again = builder.op('LayerNormalization', [x, 'norm2.scale', 'norm2.bias'])
  const wide = builder.op('Add', [builder.op('MatMul', [again, 'wide']), 'wide.bias'])
  const error = builder.op('Erf', [builder.op('Mul', [wide, builder.scalar(Math.SQRT1_2)])])
  const gate = builder.op('Mul', [builder.op('Add', [error, builder.scalar(1)]), builder.scalar(0.5)])
  return builder.op('Add', [x, builder.op('MatMul', [builder.op('Mul', [wide, gate]), 'narrow'])])
}

/** PyTorch scales group normalisation per channel, as operator set 21 does; 18 has it per group, so scales follow here. */
function pixelShuffle(builder: GraphBuilder): string {
  const conv = builder.op('Conv', ['image', 'conv'], same)
  const [ones, zeros] = [builder.floats([1, 1]), builder.floats([0, 0])]
  const normalized = builder.op('GroupNormalization', [conv, ones, zeros], { num_groups: 2 })
  const perChannel = (name: string) => builder.op('Unsqueeze', [name, builder.ints([1, 2])])
  const scaled = builder.op('Mul', [normalized, perChannel('norm.scale')])
  const shifted = builder.op('Add', [scaled, perChannel('norm.bias')])
  const maps = builder.op('Conv', [builder.op('Mish', [shifted]), 'out'])
  return builder.op('DepthToSpace', [maps], { blocksize: 2, mode: 'CRD' })
}

export const blocks: Readonly<Record<string, Block>> = {
  residual: residual(trained),
  'residual, frozen statistics': residual(frozen),
  'depthwise-separable': separable,
  inception,
  'squeeze-and-excite': squeezeAndExcite,
  'alexnet head': alexnetHead,
  'transposed-convolution decoder': decoder,
  attention,
  'pixel shuffle': pixelShuffle,
}
