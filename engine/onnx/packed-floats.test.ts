import { create, toBinary } from '@bufbuild/protobuf'
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire'
import { expect, it } from 'vitest'
import { decodeModel } from './decode-model.ts'
import {
  AttributeProto_AttributeType as AttributeType,
  GraphProtoSchema,
  ModelProtoSchema,
  TensorProtoSchema,
  TensorProto_DataType,
} from './generated/onnx_pb.ts'
import { readModel } from './read-model.ts'

const count = 3000
const numbers = Array.from({ length: count }, (_, index) => (index % 97) / 8 - 5)
const { FLOAT, DOUBLE } = TensorProto_DataType

type Graph = NonNullable<Parameters<typeof create<typeof ModelProtoSchema>>[1]>['graph']

function file(graph: Graph): Uint8Array {
  const opsetImport = [{ domain: '', version: 18n }]
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }))
}

it('reads long lists of floats and doubles as what they are, and leaves the bytes as they were', () => {
  const dims = [BigInt(count)]
  const bytes = file({
    initializer: [
      { name: 'f', dataType: FLOAT, dims, floatData: numbers },
      { name: 'd', dataType: DOUBLE, dims, doubleData: numbers },
      { name: 'short', dataType: FLOAT, dims: [2n], floatData: [1, 2] },
    ],
  })
  const before = bytes.slice()
  const { initializers } = readModel(bytes).graph
  expect(initializers.get('f')?.data).toEqual(Float32Array.from(numbers))
  expect(initializers.get('d')?.data).toEqual(Float64Array.from(numbers))
  expect(initializers.get('short')?.data).toEqual(Float32Array.of(1, 2))
  expect(bytes).toEqual(before)
})

it('does not make numbers of them, wherever in the graph they are', () => {
  const tensor = { dataType: FLOAT, dims: [BigInt(count)], floatData: numbers }
  const constant = (name: string) => ({
    opType: 'Constant',
    output: [name],
    attribute: [{ name: 'value', type: AttributeType.TENSOR, t: tensor }],
  })
  const body = { name: 'body', node: [constant('inner')] }
  const branch = {
    opType: 'If',
    output: ['y'],
    attribute: [{ name: 'then_branch', type: AttributeType.GRAPH, g: body }],
  }
  const { graph } = decodeModel(file({ initializer: [tensor], node: [constant('outer'), branch] }))
  const found = [
    graph?.initializer[0],
    graph?.node[0]?.attribute[0]?.t,
    graph?.node[1]?.attribute[0]?.g?.node[0]?.attribute[0]?.t,
  ]
  expect(found.map((one) => [one?.floatData.length, one?.rawData.length])).toEqual(Array(3).fill([0, 4 * count]))
})

it('leaves values in several pieces to the decoder, which joins them', () => {
  const head = create(TensorProtoSchema, { name: 'f', dataType: FLOAT, dims: [BigInt(2 * count)] })
  const field = (number: number, ...parts: readonly Uint8Array[]) =>
    new BinaryWriter().tag(number, WireType.LengthDelimited).bytes(Buffer.concat(parts)).finish()
  const piece = field(TensorProtoSchema.field.floatData.number, new Uint8Array(Float32Array.from(numbers).buffer))
  const tensor = field(GraphProtoSchema.field.initializer.number, toBinary(TensorProtoSchema, head), piece, piece)
  const bytes = Buffer.concat([file(undefined), field(ModelProtoSchema.field.graph.number, tensor)])
  expect(readModel(bytes).graph.initializers.get('f')?.data).toEqual(Float32Array.from([...numbers, ...numbers]))
})
