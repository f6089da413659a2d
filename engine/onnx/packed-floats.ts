import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import {
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProtoSchema,
} from './generated/onnx_pb.ts'

/** Shorter lists are not worth it. */
const leastBytes = 4096
/** Bodies within bodies; deeper ones are decoded as they are. */
const mostLevels = 64

/** Which fields of a message lead to tensors. */
interface Level {
  readonly fields: Map<number, Level>
  readonly isTensor?: boolean
}

const tensor: Level = { fields: new Map(), isTensor: true }
const graph: Level = { fields: new Map() }
const { t, g, tensors, graphs } = AttributeProtoSchema.field
const attribute: Level = {
  fields: new Map([
    [t.number, tensor],
    [tensors.number, tensor],
    [g.number, graph],
    [graphs.number, graph],
  ]),
}
const node: Level = { fields: new Map([[NodeProtoSchema.field.attribute.number, attribute]]) }
graph.fields.set(GraphProtoSchema.field.node.number, node)
graph.fields.set(GraphProtoSchema.field.initializer.number, tensor)
const model: Level = { fields: new Map([[ModelProtoSchema.field.graph.number, graph]]) }

const { floatData, doubleData, rawData } = TensorProtoSchema.field
const packedFields: readonly number[] = [floatData.number, doubleData.number]

/** The byte that opens a length-delimited field with a number below 16. */
function tagByte(fieldNumber: number): number {
  return (fieldNumber << 3) | WireType.LengthDelimited
}

/**
 * What `decode` makes of `bytes`, an ONNX file, where the long packed lists of floats in it are decoded as raw data:
 * the bytes are the same, and as a list of numbers they would take ten times as much memory and time. Only the tags
 * are changed, and only until `decode` returns.
 */
export function decodePackedFloatsAsRaw<Result>(bytes: Uint8Array, decode: () => Result): Result {
  const lists: number[] = []
  try {
    findLists(new BinaryReader(bytes), bytes.length, model, mostLevels, lists)
  } catch {
    // A damaged file: decoding it says how.
  }
  const tags = lists.map((position) => bytes[position] as number)
  for (const position of lists) bytes[position] = tagByte(rawData.number)
  try {
    return decode()
  } finally {
    for (const [index, position] of lists.entries()) bytes[position] = tags[index] as number
  }
}

/** Collects where the tags of such lists are in the message that ends at `end`. */
function findLists(reader: BinaryReader, end: number, level: Level, levelsLeft: number, found: number[]): void {
  const valueTags: number[] = []
  while (reader.pos < end) {
    const start = reader.pos
    const [field, wireType] = reader.tag()
    if (wireType !== WireType.LengthDelimited) {
      if (packedFields.includes(field)) valueTags.push(-1)
      reader.skip(wireType, field)
      continue
    }
    // A tag may be written longer than it need be; such a one is left alone.
    const isOneByte = reader.pos === start + 1
    const length = reader.uint32()
    const next = reader.pos + length
    const inner = level.fields.get(field)
    if (inner !== undefined && levelsLeft > 0) findLists(reader, next, inner, levelsLeft - 1, found)
    if (level.isTensor === true && (packedFields.includes(field) || field === rawData.number)) {
      valueTags.push(length >= leastBytes && isOneByte && field !== rawData.number ? start : -1)
    }
    reader.pos = next
  }
  // Values in several pieces, or beside raw data, are left to the decoder.
  const [only = -1, ...others] = valueTags
  if (only >= 0 && others.length === 0) found.push(only)
}
