import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import {
  AttributeProto_AttributeType as AttributeType,
  type AttributeProto,
  AttributeProtoSchema,
  GraphProtoSchema,
  type GraphProto,
  ModelProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
  Version,
} from './generated/onnx_pb.ts'
import { dataTypeCode } from './data-types.ts'
import { ModelError } from './model-error.ts'
import {
  type Attribute,
  type DataType,
  type Graph,
  INTERNAL_OPSET,
  type Model,
  type Node,
  type Tensor,
  type TensorType,
  type ValueInfo,
  elementCount,
} from './graph.ts'

/** What a file is written from: a Model, or a graph alone. */
export interface WritableModel extends Partial<Omit<Model, 'graph'>> {
  readonly graph: Graph
  /** Types of inner values, as `inferShapes` gives them; viewers show them on the edges. */
  readonly valueTypes?: ReadonlyMap<string, TensorType>
}

const graphField = ModelProtoSchema.field.graph.number
const initializerField = GraphProtoSchema.field.initializer.number
const rawDataField = TensorProtoSchema.field.rawData.number

/**
 * The bytes of an ONNX file (IR version 8) holding `model` in the internal operator set, initializers as raw data.
 * Each of the top graph's initializers is copied once, straight into the result.
 * Throws ModelError where a tensor holds another number of elements than its dims say.
 */
export function writeModel(model: WritableModel): Uint8Array {
  const head = toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(Version.IR_VERSION_2021_7_30),
      producerName: model.producerName ?? 'filterscope',
      producerVersion: model.producerVersion ?? '',
      opsetImport: opsetImports(model),
      metadataProps: Object.entries(model.metadata ?? {}).map(([key, value]) => ({ key, value })),
    }),
  )
  const graph = toBinary(GraphProtoSchema, graphMessage(model.graph, [], model.valueTypes))
  const initializers = [...model.graph.initializers].map(([name, tensor]) => initializerChunks(name, tensor))
  const graphLength = graph.length + initializers.reduce((total, chunks) => total + byteLength(chunks), 0)
  return joined([head, prefix(graphField, graphLength), graph, ...initializers.flat()])
}

function opsetImports(model: WritableModel) {
  const domains = new Set<string>()
  collectDomains(model.graph, domains)
  domains.delete('')
  return [
    { domain: '', version: BigInt(INTERNAL_OPSET) },
    ...[...domains].map((domain) => ({ domain, version: BigInt(model.otherOpsets?.[domain] ?? 1) })),
  ]
}

function collectDomains(graph: Graph, domains: Set<string>): void {
  for (const node of graph.nodes) {
    domains.add(node.domain)
    for (const attribute of Object.values(node.attributes)) {
      if (attribute.kind === 'graph') collectDomains(attribute.value, domains)
    }
  }
}

function graphMessage(
  graph: Graph,
  initializer: TensorProto[],
  valueTypes: ReadonlyMap<string, TensorType> = new Map(),
): GraphProto {
  const stated = new Set([...graph.inputs, ...graph.outputs].map((info) => info.name))
  const produced = graph.nodes.flatMap((node) => node.outputs)
  const inner = produced.filter((name) => valueTypes.has(name) && !stated.has(name))
  return create(GraphProtoSchema, {
    name: graph.name === '' ? 'graph' : graph.name,
    docString: graph.documentation,
    node: graph.nodes.map(nodeMessage),
    input: graph.inputs.map(valueInfoMessage),
    output: graph.outputs.map((info) => valueInfoMessage({ ...info, type: info.type ?? valueTypes.get(info.name) })),
    valueInfo: inner.map((name) => valueInfoMessage({ name, type: valueTypes.get(name) })),
    initializer,
  })
}

function nodeMessage(node: Node) {
  return {
    opType: node.opType,
    domain: node.domain,
    name: node.name,
    input: [...node.inputs],
    output: [...node.outputs],
    attribute: Object.entries(node.attributes).map(([name, attribute]) => attributeMessage(name, attribute)),
  }
}

function attributeMessage(name: string, attribute: Attribute): AttributeProto {
  const message = create(AttributeProtoSchema, { name })
  switch (attribute.kind) {
    case 'float':
      message.type = AttributeType.FLOAT
      message.f = attribute.value
      break
    case 'int':
      message.type = AttributeType.INT
      message.i = integer(name, attribute.value)
      break
    case 'string':
      message.type = AttributeType.STRING
      message.s = new TextEncoder().encode(attribute.value)
      break
    case 'tensor':
      message.type = AttributeType.TENSOR
      message.t = tensorMessage('', attribute.value)
      break
    case 'graph':
      message.type = AttributeType.GRAPH
      message.g = graphMessage(
        attribute.value,
        [...attribute.value.initializers].map(([key, tensor]) => tensorMessage(key, tensor)),
      )
      break
    case 'floats':
      message.type = AttributeType.FLOATS
      message.floats = [...attribute.value]
      break
    case 'ints':
      message.type = AttributeType.INTS
      message.ints = attribute.value.map((value) => integer(name, value))
      break
    case 'strings':
      message.type = AttributeType.STRINGS
      message.strings = attribute.value.map((text) => new TextEncoder().encode(text))
      break
  }
  return message
}

function integer(attributeName: string, value: number): bigint {
  if (!Number.isSafeInteger(value)) {
    throw new ModelError(`The integer attribute '${attributeName}' cannot hold ${value}: give it as a float attribute.`)
  }
  return BigInt(value)
}

function valueInfoMessage({ name, type, dataType }: ValueInfo): ValueInfoProto {
  if (type === undefined && dataType === undefined) return create(ValueInfoProtoSchema, { name })
  const tensorType = type === undefined ? { elemType: dataTypeCode(dataType as DataType) } : shapedType(type)
  return create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: tensorType } } })
}

function shapedType(type: TensorType) {
  const dim = type.dims.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: size } },
  )
  return { elemType: dataTypeCode(type.dataType), shape: { dim } }
}

function tensorMessage(name: string, tensor: Tensor): TensorProto {
  const message = tensorHeader(name, tensor)
  if (tensor.dataType !== 'string') message.rawData = rawBytes(tensor)
  return message
}

/** All of the tensor's message but its raw data; strings, which have no raw form, are in it. */
function tensorHeader(name: string, tensor: Tensor): TensorProto {
  if (tensor.data.length !== elementCount(tensor.dims)) {
    throw new ModelError(
      `Tensor '${name}' has the shape [${tensor.dims.join(', ')}], which needs ${elementCount(tensor.dims)} elements, but it holds ${tensor.data.length}.`,
    )
  }
  const message = create(TensorProtoSchema, {
    name,
    dataType: dataTypeCode(tensor.dataType),
    dims: tensor.dims.map(BigInt),
  })
  if (tensor.dataType === 'string') {
    message.stringData = (tensor.data as readonly string[]).map((text) => new TextEncoder().encode(text))
  }
  return message
}

/** The tensor's own memory: every platform ONNX Runtime supports is little-endian, as the format is. */
function rawBytes(tensor: Tensor): Uint8Array<ArrayBuffer> {
  const data = tensor.data as Exclude<Tensor['data'], readonly string[]>
  return new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
}

function initializerChunks(name: string, tensor: Tensor): readonly Uint8Array[] {
  const header = toBinary(TensorProtoSchema, tensorHeader(name, tensor))
  if (tensor.dataType === 'string') return [prefix(initializerField, header.length), header]
  const raw = rawBytes(tensor)
  const rawPrefix = prefix(rawDataField, raw.length)
  const length = header.length + rawPrefix.length + raw.length
  return [prefix(initializerField, length), header, rawPrefix, raw]
}

/** Tag and length that open a length-delimited field. */
function prefix(fieldNumber: number, length: number): Uint8Array {
  return new BinaryWriter().tag(fieldNumber, WireType.LengthDelimited).uint32(length).finish()
}

function byteLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((total, chunk) => total + chunk.length, 0)
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(byteLength(chunks))
  let position = 0
  for (const chunk of chunks) {
    result.set(chunk, position)
    position += chunk.length
  }
  return result
}
