import { create, toBinary } from '@bufbuild/protobuf'
import { AttributeProto_AttributeType as AttributeType, ModelProtoSchema } from '../../engine/onnx/generated/onnx_pb.ts'
import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { type Tensor, elementCount, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { smallClassifier } from './small-classifier.ts'

/** Small whole model files that between them use most of what a reader must know. */
export const wholeModels: Readonly<Record<string, () => Uint8Array>> = {
  'a classifier': () => smallClassifier(),
  'a classifier of operator set 6': oldClassifier,
  'a quantised classifier': quantizedClassifier,
  'a model with branches, loops and shape arithmetic': controlFlow,
  'a model of many operators': manyOperators,
}

function counted(...dims: number[]): Tensor {
  return float32Tensor(
    dims,
    Float32Array.from({ length: elementCount(dims) }, (_, index) => ((index * 37) % 23) / 23 - 0.5),
  )
}

/** As exporters of 2017 wrote them: broadcasting by attribute, no attribute of a window's rank, statistics in training form. */
function oldClassifier(): Uint8Array {
  const tensor = (name: string, tensorOf: Tensor) => ({
    name,
    dims: tensorOf.dims.map(BigInt),
    dataType: 1,
    floatData: [...(tensorOf.data as Float32Array)],
  })
  const int = (name: string, value: number) => ({ name, type: AttributeType.INT, i: BigInt(value) })
  const ints = (name: string, ...values: number[]) => ({ name, type: AttributeType.INTS, ints: values.map(BigInt) })
  const node = (opType: string, input: string[], output: string, ...attribute: object[]) => {
    return { opType, input, output: [output], attribute }
  }
  const dim = [1, 3, 8, 8].map((size) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } }))
  const type = { value: { case: 'tensorType' as const, value: { elemType: 1, shape: { dim } } } }
  const message = create(ModelProtoSchema, {
    irVersion: 3n,
    opsetImport: [{ domain: '', version: 6n }],
    producerName: 'CNTK',
    metadataProps: [{ key: 'classes', value: "{0: 'a', 1: 'b', 2: 'c', 3: 'd'}" }],
    graph: {
      name: 'old',
      initializer: [
        tensor('W', counted(4, 3, 3, 3)),
        tensor('B', counted(4)),
        tensor('G', counted(4)),
        ...['scale', 'shift', 'mean', 'variance'].map((name) =>
          tensor(name, float32Tensor([4], Float32Array.of(1, 1, 1, 1))),
        ),
        tensor('F', counted(4, 64)),
        tensor('slope', counted(4)),
      ],
      input: [{ name: 'image', type }, ...['W', 'B', 'F'].map((name) => ({ name }))],
      node: [
        node('Conv', ['image', 'W'], 'c', ints('kernel_shape', 3, 3), ints('pads', 1, 1, 1, 1)),
        node('Add', ['c', 'B'], 'b', int('broadcast', 1), int('axis', 1)),
        node(
          'BatchNormalization',
          ['b', 'scale', 'shift', 'mean', 'variance'],
          'n',
          int('is_test', 1),
          int('spatial', 1),
        ),
        node('PRelu', ['n', 'slope'], 'p'),
        node('Dropout', ['p'], 'd', int('is_test', 1)),
        node('AveragePool', ['d'], 'a', ints('kernel_shape', 2, 2), ints('strides', 2, 2)),
        node('Reshape', ['a', 'rows'], 'r'),
        node('Gemm', ['r', 'F', 'G'], 'g', int('transB', 1), int('broadcast', 1)),
        node('Softmax', ['g'], 'y'),
        {
          ...node('Constant', [], 'rows'),
          attribute: [
            { name: 'value', type: AttributeType.TENSOR, t: { dims: [2n], dataType: 7, int64Data: [1n, 64n] } },
          ],
        },
      ],
      output: [{ name: 'y' }],
    },
  })
  return toBinary(ModelProtoSchema, message)
}

function quantizedClassifier(): Uint8Array {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 1, 6, 6] } })
  const scale = builder.scalar(0.02)
  const zero = builder.constant('zero', { dataType: 'int8', dims: [], data: Int8Array.of(0) })
  const quantized = (value: string) =>
    builder.op('DequantizeLinear', [builder.op('QuantizeLinear', [value, scale, zero]), scale, zero])
  const bytes = (name: string, dims: readonly number[]) =>
    builder.op('DequantizeLinear', [
      builder.constant(name, { dataType: 'int8', dims, data: new Int8Array(elementCount(dims)).fill(3) }),
      scale,
      zero,
    ])
  const conv = builder.op('Conv', [quantized('x'), bytes('conv.weight', [2, 1, 3, 3])])
  const flat = builder.op('Flatten', [quantized(builder.op('Relu', [conv]))])
  builder.op('Gemm', [flat, bytes('fc.weight', [3, 32])], { transB: 1 }, { name: 'scores' })
  builder.output({ name: 'scores', type: { dataType: 'float32', dims: ['batch', 3] } })
  return writeModel({ graph: builder.build('quantised') })
}

function controlFlow(): Uint8Array {
  const branch = (opType: string) => {
    const body = new GraphBuilder()
    const weight = body.initializer(`${opType}.weight`, counted(3, 3, 1, 1))
    const name = body.op(opType, [body.op('Conv', ['features', weight])], {}, { name: `${opType}/out` })
    body.output({ name, type: undefined })
    return { kind: 'graph' as const, value: body.build(opType) }
  }
  const turn = new GraphBuilder()
  turn.input({ name: 'turn', type: { dataType: 'int64', dims: [] } })
  turn.input({ name: 'on', type: { dataType: 'bool', dims: [] } })
  turn.input({ name: 'state', type: undefined })
  const next = turn.op('Mul', ['state', turn.scalar(0.5)], {}, { name: 'next' })
  for (const name of [turn.op('Identity', ['on'], {}, { name: 'still' }), next]) turn.output({ name, type: undefined })

  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 1, 'height', 'width'] } })
  builder.op('Conv', ['x', builder.initializer('conv.weight', counted(3, 1, 3, 3))], {}, { name: 'features' })
  const isDark = builder.op('Less', [builder.op('ReduceMean', ['features'], { keepdims: 0 }), builder.scalar(0)])
  const chosen = builder.op('If', [isDark], { then_branch: branch('Relu'), else_branch: branch('Tanh') })
  const on = builder.constant('always', { dataType: 'bool', dims: [], data: Uint8Array.of(1) })
  const attributes = { body: { kind: 'graph' as const, value: turn.build('turn') } }
  const halved = builder.op('Loop', [builder.int(3), on, chosen], attributes)
  const batch = builder.op('Gather', [builder.op('Shape', [halved]), builder.ints([0])])
  const shape = builder.op('Concat', [batch, builder.ints([3, -1])], { axis: 0 })
  builder.op('ReduceMean', [builder.op('Reshape', [halved, shape]), builder.ints([2])], { keepdims: 0 }, { name: 'y' })
  builder.output({ name: 'y', type: { dataType: 'float32', dims: ['batch', 3] } })
  return writeModel({ graph: builder.build('control-flow') })
}

function manyOperators(): Uint8Array {
  const builder = new GraphBuilder()
  builder.input({ name: 'x', type: { dataType: 'float32', dims: ['batch', 3, 8, 8] } })
  const channels = (name: string) => builder.initializer(name, counted(4))
  let value = builder.op('Conv', ['x', builder.initializer('first', counted(4, 3, 1, 1))])
  value = builder.op('ConvTranspose', [value, builder.initializer('up', counted(4, 2, 2, 2))], {
    group: 2,
    strides: [2, 2],
  })
  value = builder.op('InstanceNormalization', [value, channels('scale'), channels('shift')])
  value = builder.op('LRN', [value], { size: 3, alpha: float(0.1) })
  value = builder.op('MaxPool', [value], { kernel_shape: [3, 3], strides: [2, 2], ceil_mode: 1 })
  value = builder.op('Resize', [value, '', builder.floats([1, 1, 2, 2])], { mode: 'linear' })
  value = builder.op('Pad', [value, builder.ints([0, 0, 1, 1, 0, 0, 1, 1])], { mode: 'reflect' })
  value = builder.op('Slice', [value, builder.ints([1]), builder.ints([9]), builder.ints([2]), builder.ints([2])])
  const [first = '', second = ''] = builder.ops('Split', [value], { axis: 1, num_outputs: 2 }, { outputCount: 2 })
  value = builder.op('Concat', [second, builder.op('Clip', [first, builder.scalar(0), builder.scalar(6)])], { axis: 1 })
  value = builder.op('Transpose', [value], { perm: [0, 2, 3, 1] })
  value = builder.op('LayerNormalization', [value, channels('norm.scale'), channels('norm.shift')])
  value = builder.op('Transpose', [value], { perm: [0, 3, 1, 2] })
  value = builder.op('DepthToSpace', [value], { blocksize: 2 })
  value = builder.op('Where', [builder.op('Greater', [value, builder.scalar(0)]), value, builder.scalar(0)])
  value = builder.op('Squeeze', [builder.op('ReduceMax', [value, builder.ints([3])]), builder.ints([1, 3])])
  const equation = { kind: 'string' as const, value: 'nh,ch->nc' }
  value = builder.op('Einsum', [value, builder.initializer('mix', counted(5, 8))], { equation })
  const head = [builder.initializer('head.weight', counted(3, 5)), builder.initializer('head.bias', counted(3))]
  builder.op('Gemm', [value, ...head], { transB: 1 }, { name: 'scores' })
  const rows = builder.op('Expand', ['scores', builder.initializer('two', int64Tensor([3], [2, 1, 1]))])
  builder.op('LogSoftmax', [builder.op('Gather', [rows, builder.int(0)])], { axis: 1 }, { name: 'y' })
  builder.output({ name: 'y', type: { dataType: 'float32', dims: ['batch', 3] } })
  return writeModel({ graph: builder.build('many') })
}
