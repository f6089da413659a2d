import { dataTypeCode } from './data-types.ts'
import { float32Values, otherFloatCodes, typeAttributes } from './float-values.ts'
import {
  type AttributeProto,
  AttributeProto_AttributeType as AttributeType,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from './generated/onnx_pb.ts'
import { float32Tensor } from './graph.ts'
import { type ExternalData, readTensor } from './read-tensor.ts'
import { tensorMessage } from './tensor-message.ts'

const float32Code = dataTypeCode('float32')

/**
 * Turns everything in the graph of a file that is float16, bfloat16 or float64 into float32: its tensors, its inputs and
 * outputs, and the types its nodes convert to. `externalData` reads tensors that lie in other files.
 */
export function convertToFloat32(graph: GraphProto, externalData: ExternalData | undefined): void {
  graph.initializer = graph.initializer.map((tensor) => converted(tensor, externalData))
  for (const value of [...graph.input, ...graph.output, ...graph.valueInfo]) convertValue(value)
  for (const node of graph.node) {
    for (const attribute of node.attribute) convertAttribute(attribute, externalData)
  }
}

function convertAttribute(attribute: AttributeProto, externalData: ExternalData | undefined): void {
  if (attribute.t !== undefined) attribute.t = converted(attribute.t, externalData)
  if (attribute.g !== undefined) convertToFloat32(attribute.g, externalData)
  const namesType = attribute.type === AttributeType.INT && typeAttributes.has(attribute.name)
  if (namesType && otherFloatCodes.has(Number(attribute.i))) attribute.i = BigInt(float32Code)
}

function convertValue({ type }: ValueInfoProto): void {
  if (type?.value.case === 'tensorType' && otherFloatCodes.has(type.value.value.elemType)) {
    type.value.value.elemType = float32Code
  }
}

function converted(message: TensorProto, externalData: ExternalData | undefined): TensorProto {
  if (!otherFloatCodes.has(message.dataType)) return message
  const tensor = readTensor(message, externalData)
  return tensorMessage(message.name, float32Tensor(tensor.dims, float32Values(tensor)))
}
