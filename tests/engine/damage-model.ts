import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type ModelProto,
  ModelProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from '../../engine/onnx/generated/onnx_pb.ts'
import type { RandomStream } from '../../engine/random/stream.ts'

/** Numbers that code forgets about. */
const awkwardIntegers = [
  -1n,
  0n,
  1n,
  2n,
  3n,
  7n,
  -2n,
  255n,
  65_536n,
  2n ** 31n - 1n,
  2n ** 31n,
  10n ** 12n,
  -(10n ** 12n),
  2n ** 53n,
  2n ** 63n - 1n,
  -(2n ** 63n),
]

const operators = [
  ...['Conv', 'ConvTranspose', 'Gemm', 'MatMul', 'Einsum', 'BatchNormalization', 'InstanceNormalization', 'LRN'],
  ...['LayerNormalization', 'GroupNormalization', 'MaxPool', 'AveragePool', 'LpPool', 'GlobalMaxPool', 'Relu', 'Clip'],
  ...['Softmax', 'LogSoftmax', 'Add', 'Mul', 'Div', 'Pow', 'Sum', 'Max', 'Where', 'Reshape', 'Flatten', 'Squeeze'],
  ...['Unsqueeze', 'Transpose', 'Concat', 'Split', 'Slice', 'Gather', 'Pad', 'Expand', 'Tile', 'Resize', 'Upsample'],
  ...['Shape', 'Size', 'Range', 'ConstantOfShape', 'Cast', 'ReduceMean', 'ReduceSum', 'ReduceLogSumExp', 'TopK'],
  ...['DepthToSpace', 'SpaceToDepth', 'QuantizeLinear', 'DequantizeLinear', 'Dropout', 'Identity', 'If', 'Loop'],
  ...[
    'OneHot',
    'NonZero',
    'GatherND',
    'ScatterND',
    'Col2Im',
    'PRelu',
    'Constant',
    'Crop',
    'ImageScaler',
    'Gelu',
    'Foo',
  ],
]

const attributeNames = [
  ...[
    'axis',
    'axes',
    'perm',
    'group',
    'kernel_shape',
    'strides',
    'pads',
    'dilations',
    'transA',
    'transB',
    'to',
    'size',
  ],
  ...['ceil_mode', 'keepdims', 'num_groups', 'blocksize', 'output_padding', 'output_shape', 'num_outputs', 'split'],
  ...['training_mode', 'spatial', 'broadcast', 'scales', 'mode', 'auto_pad', 'equation', 'value', 'shape', 'epsilon'],
]

const { UNDEFINED, FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS, SPARSE_TENSOR } = AttributeType
const attributeTypes = [UNDEFINED, FLOAT, INT, STRING, TENSOR, GRAPH, FLOATS, INTS, STRINGS, SPARSE_TENSOR]

const words = ['', 'nearest', 'linear', 'SAME_UPPER', 'VALID', 'reflect', 'ij,jk->ik', '...->', '\n', 'x']

/** `bytes`, a whole model file, damaged in one to three ways that depend on `stream` alone. */
export function damageModel(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  if (stream.integer(3) === 0) return damageBytes(bytes, stream)
  const message = fromBinary(ModelProtoSchema, bytes)
  for (let count = 1 + stream.integer(3); count > 0; count--) damageMessage(message, stream)
  return toBinary(ModelProtoSchema, message)
}

function damageBytes(bytes: Uint8Array, stream: RandomStream): Uint8Array {
  const at = stream.integer(bytes.length)
  const length = 1 + stream.integer(Math.min(64, bytes.length - at))
  switch (stream.integer(5)) {
    case 0:
      return bytes.subarray(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    case 3:
      return bytes.slice().fill(stream.integer(256), at, at + length)
    default: {
      // Weights are most of a file, and do not mind; its structure lies at its ends.
      const copy = bytes.slice()
      for (let count = 1 + stream.integer(4); count > 0; count--) {
        const near = stream.integer(Math.min(600, bytes.length))
        copy[stream.integer(2) === 0 ? near : bytes.length - 1 - near] = stream.integer(256)
      }
      return copy
    }
  }
}

function damageMessage(message: ModelProto, stream: RandomStream): void {
  const graph = message.graph
  if (graph === undefined) return
  const kind = stream.integer(10)
  if (kind === 0) {
    for (const entry of message.opsetImport) entry.version = BigInt(stream.integer(30))
  } else if (kind <= 5) damageNode(pick(allNodes(graph), stream), graph, stream)
  else if (kind <= 7) damageTensor(pick(graph.initializer, stream), stream)
  else if (kind === 8) damageValue(pick([...graph.input, ...graph.output], stream), stream)
  else damageLists(graph, stream)
}

function allNodes(graph: GraphProto): NodeProto[] {
  return graph.node.flatMap((node) => [
    node,
    ...node.attribute.flatMap(({ g }) => (g === undefined ? [] : allNodes(g))),
  ])
}

function damageNode(node: NodeProto | undefined, graph: GraphProto, stream: RandomStream): void {
  if (node === undefined) return
  const names = [...graph.initializer, ...graph.input].map(({ name }) => name)
  const values = ['', ...names, ...graph.node.flatMap(({ output }) => output)]
  switch (stream.integer(9)) {
    case 0:
      node.opType = pick(operators, stream) ?? ''
      return
    case 1:
      node.domain = stream.integer(2) === 0 ? 'com.microsoft' : 'my.own'
      return
    case 2:
      node.input[stream.integer(node.input.length + 1)] = pick(values, stream) ?? ''
      return
    case 3:
      node.input.splice(stream.integer(node.input.length + 1), 1)
      return
    case 4:
      node.output[stream.integer(node.output.length + 1)] = pick(values, stream) ?? ''
      return
    case 5:
      node.output.push('another')
      return
    case 6:
      node.attribute.splice(stream.integer(node.attribute.length + 1), 1)
      return
    case 7:
      node.attribute.push(madeUp(stream))
      return
    default:
      damageAttribute(pick(node.attribute, stream), stream)
  }
}

function madeUp(stream: RandomStream): AttributeProto {
  const name = pick(attributeNames, stream) ?? ''
  const integer = () => pick(awkwardIntegers, stream) ?? 0n
  switch (stream.integer(4)) {
    case 0:
      return create(AttributeProtoSchema, { name, type: AttributeType.INT, i: integer() })
    case 1: {
      const ints = Array.from({ length: stream.integer(9) }, integer)
      return create(AttributeProtoSchema, { name, type: AttributeType.INTS, ints })
    }
    case 2: {
      const s = new TextEncoder().encode(pick(words, stream))
      return create(AttributeProtoSchema, { name, type: AttributeType.STRING, s })
    }
    default:
      return create(AttributeProtoSchema, { name, type: AttributeType.FLOATS, floats: [Number.NaN, 1e30, -1] })
  }
}

function damageAttribute(attribute: AttributeProto | undefined, stream: RandomStream): void {
  if (attribute === undefined) return
  const integer = pick(awkwardIntegers, stream) ?? 0n
  if (attribute.t !== undefined && stream.integer(2) === 0) damageTensor(attribute.t, stream)
  else if (attribute.ints.length > 0) attribute.ints[stream.integer(attribute.ints.length + 1)] = integer
  else if (attribute.s.length > 0) attribute.s = new TextEncoder().encode(pick(words, stream))
  else if (stream.integer(3) === 0) attribute.type = pick(attributeTypes, stream) ?? AttributeType.UNDEFINED
  else {
    attribute.i = integer
    attribute.f = Number(integer)
  }
}

function damageTensor(tensor: TensorProto | undefined, stream: RandomStream): void {
  if (tensor === undefined) return
  const integer = pick(awkwardIntegers, stream) ?? 0n
  switch (stream.integer(7)) {
    case 0:
      tensor.dims[stream.integer(tensor.dims.length + 1)] = integer
      return
    case 1:
      tensor.dims.splice(stream.integer(tensor.dims.length + 1), 1)
      return
    case 2:
      tensor.dims.reverse()
      return
    case 3:
      tensor.dataType = stream.integer(25)
      return
    case 4:
      tensor.rawData = tensor.rawData.subarray(stream.integer(tensor.rawData.length + 1))
      return
    case 5: {
      // Values that shapes, axes and sizes are made of.
      const copy = tensor.rawData.slice()
      const at = 8 * stream.integer(Math.floor(copy.length / 8) + 1)
      if (at + 8 <= copy.length) new DataView(copy.buffer).setBigInt64(at, integer, true)
      tensor.rawData = copy
      return
    }
    default:
      // No bytes of an axis without elements.
      tensor.dims.push(0n, integer)
      tensor.rawData = new Uint8Array()
  }
}

function damageValue(value: ValueInfoProto | undefined, stream: RandomStream): void {
  if (value?.type?.value.case !== 'tensorType') return
  const type = value.type.value.value
  const dims = type.shape?.dim ?? []
  const dimension = pick(dims, stream)
  switch (stream.integer(5)) {
    case 0:
      delete value.type
      return
    case 1:
      type.elemType = stream.integer(25)
      return
    case 2:
      dims.splice(stream.integer(dims.length + 1), 1)
      return
    default:
      if (dimension === undefined) return
      dimension.value =
        stream.integer(3) === 0
          ? { case: 'dimParam', value: pick(['batch', 'n*m', '', '?', '4*batch'], stream) ?? '' }
          : { case: 'dimValue', value: pick(awkwardIntegers, stream) ?? 0n }
  }
}

/** Nodes, initializers, inputs and outputs that are missing, twice or in another place. */
function damageLists(graph: GraphProto, stream: RandomStream): void {
  const lists: unknown[][] = [graph.node, graph.node, graph.initializer, graph.input, graph.output]
  const list = pick(lists, stream) ?? []
  const [from, to] = [stream.integer(list.length + 1), stream.integer(list.length + 1)]
  switch (stream.integer(3)) {
    case 0:
      list.splice(from, 1)
      return
    case 1:
      list.splice(to, 0, ...list.slice(from, from + 1))
      return
    default:
      list.splice(to, 0, ...list.splice(from, 1))
  }
}

function pick<Item>(list: readonly Item[], stream: RandomStream): Item | undefined {
  return list[stream.integer(Math.max(1, list.length))]
}
