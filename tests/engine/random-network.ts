import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { dataTypeCode } from '../../engine/onnx/data-types.ts'
import { type Dimension, type Graph, elementCount, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { type RandomStream, randomStream } from '../../engine/random/stream.ts'

/** Maps [N, channels, side, side] that are being computed. */
interface Maps {
  readonly name: string
  readonly channels: number
  readonly side: number
}

/** A graph that is put together of random pieces with random weights. */
class RandomBuilder extends GraphBuilder {
  readonly stream: RandomStream
  readonly batch: Dimension

  constructor(stream: RandomStream, batch: Dimension) {
    super()
    this.stream = stream
    this.batch = batch
  }

  /** Constants of the size `scale`, around `middle`. */
  weights(dims: readonly number[], scale: number, middle = 0): string {
    const values = Float32Array.from({ length: elementCount(dims) }, () => middle + scale * this.stream.normal())
    return this.constant('w', float32Tensor(dims, values))
  }

  positive(dims: readonly number[]): string {
    const values = Float32Array.from({ length: elementCount(dims) }, () => 0.5 + this.stream.uniform())
    return this.constant('p', float32Tensor(dims, values))
  }

  shape(sizes: readonly number[]): string {
    return this.constant('shape', int64Tensor([sizes.length], sizes))
  }

  kernels(out: number, channels: number, size = 3): string {
    return this.weights([out, channels, size, size], 1 / Math.sqrt(channels * size * size))
  }

  conv(maps: Maps, out: number, kernels = this.kernels(out, maps.channels), attributes = {}): Maps {
    const bias = this.stream.integer(2) === 0 ? [this.weights([out], 0.3)] : []
    const same = { kernel_shape: [3, 3], pads: [1, 1, 1, 1], ...attributes }
    return { ...maps, name: this.op('Conv', [maps.name, kernels, ...bias], same), channels: out }
  }

  /** An operator that keeps the shape. */
  same(maps: Maps, operator: string, others: readonly string[] = [], attributes = {}): Maps {
    return { ...maps, name: this.op(operator, [maps.name, ...others], attributes) }
  }
}

type Piece = (builder: RandomBuilder, maps: Maps) => Maps

const channelwise = (channels: number) => [channels, 1, 1]

/** What networks are made of, by name; each takes maps of an even side and an even number of channels, and gives such. */
export const pieces: Readonly<Record<string, Piece>> = {
  convolution: (b, maps) => b.conv(maps, 4 + 2 * b.stream.integer(2)),
  'transposed convolution': (b, maps) => ({
    ...maps,
    name: b.op('ConvTranspose', [maps.name, b.kernels(maps.channels, 4)], { pads: [1, 1, 1, 1] }),
    channels: 4,
  }),
  'depthwise convolution': (b, maps) =>
    b.conv(maps, maps.channels, b.kernels(maps.channels, 1), { group: maps.channels }),
  'depthwise convolution that doubles': (b, maps) =>
    b.conv(maps, 2 * maps.channels, b.kernels(2 * maps.channels, 1), { group: maps.channels }),
  'convolution in two groups': (b, maps) => b.conv(maps, 4, b.kernels(4, maps.channels / 2), { group: 2 }),
  'batch normalisation'(b, maps) {
    const of = (scale: number) => b.weights([maps.channels], scale, 0.2)
    return b.same(maps, 'BatchNormalization', [of(1), of(1), of(0.5), b.positive([maps.channels])])
  },
  'instance normalisation': (b, maps) =>
    b.same(maps, 'InstanceNormalization', [b.weights([maps.channels], 1), b.weights([maps.channels], 1)]),
  'group normalisation': (b, maps) =>
    b.same(maps, 'GroupNormalization', [b.weights([2], 1), b.weights([2], 1)], { num_groups: 2 }),
  'layer normalisation of each map': (b, maps) =>
    b.same(maps, 'LayerNormalization', [b.weights([maps.side, maps.side], 1)], { axis: 2 }),
  'layer normalisation over channels': (b, maps) =>
    b.same(maps, 'LayerNormalization', [b.weights([maps.channels, maps.side, maps.side], 1)], { axis: 1 }),
  'local response normalisation': (b, maps) => b.same(maps, 'LRN', [], { size: 3 }),
  slopes: (b, maps) => b.same(maps, 'PRelu', [b.weights(channelwise(maps.channels), 0.3)]),
  activation: (b, maps) =>
    b.same(maps, ['Relu', 'Sigmoid', 'Tanh', 'LeakyRelu', 'Softplus', 'Elu'][b.stream.integer(6)]!),
  'scales and shifts'(b, maps) {
    const scaled = { ...maps, name: b.op('Mul', [b.positive(channelwise(maps.channels)), maps.name]) }
    return b.same(b.same(scaled, 'Sub', [b.weights([1, ...channelwise(maps.channels)], 1)]), 'Div', [b.positive([1])])
  },
  'the larger of maps and constants': (b, maps) => b.same(maps, 'Max', [b.weights(channelwise(maps.channels), 1)]),
  'pooling, and back'(b, maps) {
    const pooled = b.op('MaxPool', [maps.name], { kernel_shape: [2, 2], strides: [2, 2] })
    const scales = b.constant('scales', float32Tensor([4], Float32Array.of(1, 1, 2, 2)))
    return { ...maps, name: b.op('Resize', [pooled, '', scales], { mode: 'nearest' }) }
  },
  'pooling with indices that are used'(b, maps) {
    const options = { name: 'pooled', outputCount: 2 }
    const [pooled = '', indices = ''] = b.ops(
      'MaxPool',
      [maps.name],
      { kernel_shape: [2, 2], strides: [2, 2] },
      options,
    )
    return { ...maps, name: b.op('MaxUnpool', [pooled, indices], { kernel_shape: [2, 2], strides: [2, 2] }) }
  },
  'pooling with indices that are added'(b, maps) {
    const options = { name: 'pooled', outputCount: 2 }
    const window = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }
    const [pooled = '', indices = ''] = b.ops('MaxPool', [maps.name], window, options)
    const numbers = b.op('Mul', [b.op('Cast', [indices], { to: dataTypeCode('float32') }), b.floats([0.001])])
    return { ...maps, name: b.op('Add', [pooled, numbers]) }
  },
  'a sum with what a convolution makes of them': (b, maps) => b.same(b.conv(maps, maps.channels), 'Add', [maps.name]),
  'gates of their own': (b, maps) => b.same(maps, 'Mul', [b.op('Sigmoid', [maps.name])]),
  'squeeze and excite'(b, maps) {
    const small = { ...maps, name: b.op('GlobalAveragePool', [maps.name]), side: 1 }
    const one = { kernel_shape: [1, 1], pads: [0, 0, 0, 0] }
    const squeezed = b.same(b.conv(small, 2, b.kernels(2, maps.channels, 1), one), 'Relu')
    const excited = b.same(b.conv(squeezed, maps.channels, b.kernels(maps.channels, 2, 1), one), 'Sigmoid')
    return b.same(maps, 'Mul', [excited.name])
  },
  'one gate for all'(b, maps) {
    return b.same(maps, 'Mul', [b.op('Sigmoid', [b.conv(maps, 1).name])])
  },
  'a join with other maps': (b, maps) => {
    const other = b.conv(maps, 2)
    const both = b.stream.integer(2) === 0 ? [maps.name, other.name] : [other.name, maps.name]
    return { ...maps, name: b.op('Concat', both, { axis: 1 }), channels: maps.channels + 2 }
  },
  'a join of rows'(b, maps) {
    const [upper = '', lower = ''] = b.ops('Split', [maps.name], { axis: 2, num_outputs: 2 }, { outputCount: 2 })
    return { ...maps, name: b.op('Concat', [b.op('Relu', [lower]), upper], { axis: 2 }) }
  },
  'channels split and turned round'(b, maps) {
    const [first = '', second = ''] = b.ops('Split', [maps.name], { axis: 1, num_outputs: 2 }, { outputCount: 2 })
    return { ...maps, name: b.op('Concat', [second, first], { axis: -3 }) }
  },
  'some channels cut out': (b, maps) => ({
    ...b.same(maps, 'Slice', [b.ints([0]), b.ints([maps.channels - 2]), b.ints([1])]),
    channels: Math.max(2, maps.channels - 2),
  }),
  'rows cut off and padded'(b, maps) {
    const cut = b.op('Slice', [maps.name, b.ints([0, 1]), b.ints([2 ** 31 - 1, 2 ** 31 - 1]), b.ints([1, -2])])
    return { ...maps, name: b.op('Pad', [cut, b.ints([1, 0]), '', b.ints([2])]) }
  },
  'rows picked': (b, maps) => {
    const rows = Array.from({ length: maps.side }, (_, row) => maps.side - 1 - row)
    return b.same(maps, 'Gather', [b.ints(rows)], { axis: 2 })
  },
  'channels picked': (b, maps) => {
    const channels = Array.from({ length: maps.channels }, (_, at) => maps.channels - 1 - at)
    return b.same(maps, 'Gather', [b.ints(channels)], { axis: 1 })
  },
  'channels added': (b, maps) => ({
    ...b.same(maps, 'Pad', [b.ints([0, 0, 0, 0, 0, 2, 0, 0])]),
    channels: maps.channels + 2,
  }),
  'channels last, and back'(b, maps) {
    const last = b.op('Transpose', [maps.name], { perm: [0, 2, 3, 1] })
    const shifted = b.op('Add', [last, b.weights([maps.channels], 1)])
    return { ...maps, name: b.op('Transpose', [shifted], { perm: [0, 3, 1, 2] }) }
  },
  'a choice of places'(b, maps) {
    const rows = b.op('Reshape', [maps.name, b.shape([0, maps.channels, maps.side ** 2])])
    const chosen = b.op('Softmax', [rows], { axis: -1 })
    return { ...maps, name: b.op('Reshape', [chosen, b.shape([-1, maps.channels, maps.side, maps.side])]) }
  },
  'a choice of channels': (b, maps) => b.same(maps, 'Softmax', [], { axis: 1 }),
  'shuffled channels'(b, maps) {
    const { channels, side } = maps
    const groups = b.op('Reshape', [maps.name, b.shape([-1, 2, channels / 2, side, side])])
    const turned = b.op('Transpose', [groups], { perm: [0, 2, 1, 3, 4] })
    return { ...maps, name: b.op('Reshape', [turned, b.shape([-1, channels, side, side])]) }
  },
  'a shape that is computed of maps'(b, maps) {
    const shape = b.op('Shape', [maps.name])
    const [front, sides] = [b.op('Slice', [shape, b.ints([0]), b.ints([2])]), b.ints([maps.side ** 2])]
    const rows = b.op('Reshape', [maps.name, b.op('Concat', [front, sides], { axis: 0 })])
    return { ...maps, name: b.op('Reshape', [b.op('Tanh', [rows]), shape]) }
  },
  'a computed shape with a constant number of channels'(b, maps) {
    const rest = b.op('Slice', [b.op('Shape', [maps.name]), b.ints([2]), b.ints([4])])
    const shape = b.op('Concat', [b.ints([-1, maps.channels]), rest], { axis: 0 })
    return b.same(b.same(maps, 'Tanh'), 'Reshape', [shape])
  },
  'a mean that is written out'(b, maps) {
    const sum = b.op('ReduceSum', [maps.name, b.ints([2, 3])], { keepdims: 1 })
    const count = b.op('Cast', [b.op('Gather', [b.op('Shape', [maps.name]), b.ints([1])])], {
      to: dataTypeCode('float32'),
    })
    return b.same(maps, 'Sub', [b.op('Div', [sum, count])])
  },
  'one scale for what is kept in few bits'(b, maps) {
    const [scale, zero] = [
      b.scalar(0.05),
      b.constant('zero', { dataType: 'uint8', dims: [], data: Uint8Array.of(128) }),
    ]
    return b.same(b.same(maps, 'QuantizeLinear', [scale, zero]), 'DequantizeLinear', [scale, zero])
  },
  'a scale for each channel'(b, maps) {
    const zeros = new Uint8Array(maps.channels).fill(128)
    const zero = b.constant('zero', { dataType: 'uint8', dims: [maps.channels], data: zeros })
    const values = Float32Array.from({ length: maps.channels }, (_, at) => 0.04 + at / 200)
    const scale = b.constant('scale', float32Tensor([maps.channels], values))
    return b.same(b.same(maps, 'QuantizeLinear', [scale, zero]), 'DequantizeLinear', [scale, zero])
  },
  'weights in few bits'(b, maps) {
    const bytes = Int8Array.from({ length: 4 * maps.channels * 9 }, () => b.stream.integer(200) - 100)
    const stored = b.constant('bits', { dataType: 'int8', dims: [4, maps.channels, 3, 3], data: bytes })
    const scales = b.constant('scale', float32Tensor([4], Float32Array.of(0.002, 0.003, 0.004, 0.005)))
    return b.conv(maps, 4, b.op('DequantizeLinear', [stored, scales], { axis: 0 }))
  },
  'weights that are turned first'(b, maps) {
    const turned = b.op('Transpose', [b.kernels(maps.channels, 4)], { perm: [1, 0, 2, 3] })
    return b.conv(maps, 4, b.op('Cast', [b.op('Identity', [turned])], { to: dataTypeCode('float32') }))
  },
  'weights that two layers have'(b, maps) {
    const shared = b.kernels(maps.channels, maps.channels)
    const once = b.same(b.conv(maps, maps.channels, shared), 'Tanh')
    return b.conv(once, maps.channels, shared)
  },
  'mask of no use'(b, maps) {
    const options = { name: 'kept', outputCount: 2 }
    return { ...maps, name: b.ops('Dropout', [maps.name], {}, options)[0]! }
  },
  'a root of squares': (b, maps) => b.same(b.same(maps, 'Mul', [maps.name]), 'Sqrt'),
  'a root of what is positive here': (b, maps) =>
    b.same(b.same(b.same(maps, 'Tanh'), 'Add', [b.floats([1.001])]), 'Sqrt'),
  'a logarithm of what is above one'(b, maps) {
    return b.same(b.same(b.same(maps, 'Abs'), 'Add', [b.floats([1])]), 'Log')
  },
  'an exponential': (b, maps) => b.same(b.same(maps, 'Tanh'), 'Exp'),
}

type Ending = (builder: RandomBuilder, maps: Maps) => string

const classes = 3

const endings: readonly Ending[] = [
  (b, { name, channels }) => {
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [name])], { axis: 1 })
    return b.op('Gemm', [flat, b.weights([classes, channels], 1), b.weights([classes], 1)], { transB: 1 })
  },
  (b, { name, channels, side }) => {
    const inputs = channels * side ** 2
    const flat = b.op('Flatten', [name], { axis: 1 })
    const weights = b.weights([inputs, 6], 1 / Math.sqrt(inputs))
    const hidden = b.op('Relu', [b.op('Gemm', [flat, weights, b.weights([6], 1)])])
    return b.op('Gemm', [hidden, b.weights([6, classes], 1)], { alpha: float(0.5) })
  },
  (b, { name, channels, side }) => {
    const inputs = channels * side ** 2
    const flat = b.op('Reshape', [name, b.shape([-1, inputs])])
    const hidden = b.op('Add', [
      b.op('MatMul', [flat, b.weights([inputs, 6], 1 / Math.sqrt(inputs))]),
      b.weights([6], 1),
    ])
    return b.op('MatMul', [b.op('Tanh', [hidden]), b.weights([6, classes], 1)])
  },
  (b, { name, channels }) => {
    const means = b.op('ReduceMean', [name, b.ints([-1, 2])], { keepdims: 0 })
    return b.op('MatMul', [means, b.weights([channels, classes], 1)])
  },
]

/** A network of the pieces named, between a convolution and an ending that is drawn: [N, 2, 6, 6] to [N, 3]. */
export function randomNetwork(names: readonly string[], seed: number): Graph {
  const stream = randomStream(seed, 'network')
  const batch = (['N', 'N', 1, 2] as const)[stream.integer(4)]!
  const builder = new RandomBuilder(stream, batch)
  builder.input({ name: 'x', type: { dataType: 'float32', dims: [batch, 2, 6, 6] } })
  let maps = builder.conv({ name: 'x', channels: 2, side: 6 }, 4)
  for (const name of names) maps = pieces[name]!(builder, maps)
  const scores = endings[stream.integer(endings.length)]!(builder, maps)
  builder.op('Identity', [scores], {}, { name: 'scores' })
  builder.output({ name: 'scores', type: { dataType: 'float32', dims: [batch, classes] } })
  return builder.build('random')
}
