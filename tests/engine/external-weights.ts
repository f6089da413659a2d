import { fromBinary, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema, TensorProto_DataLocation } from '../../engine/onnx/generated/onnx_pb.ts'

/** A model file split in two, as exporters do above 2 GB: the network, and the raw data of its weights in a file called `location`. */
export function withExternalWeights(
  model: Uint8Array,
  location: string,
): { readonly model: Uint8Array<ArrayBuffer>; readonly weights: Uint8Array<ArrayBuffer> } {
  const message = fromBinary(ModelProtoSchema, model)
  const chunks: Uint8Array[] = []
  let offset = 0
  for (const tensor of message.graph?.initializer ?? []) {
    const { rawData } = tensor
    if (rawData.length === 0) continue
    chunks.push(rawData)
    const place = { location, offset: String(offset), length: String(rawData.length) }
    tensor.dataLocation = TensorProto_DataLocation.EXTERNAL
    tensor.externalData = Object.entries(place).map(([key, value]) => {
      return { $typeName: 'onnx.StringStringEntryProto' as const, key, value }
    })
    tensor.rawData = new Uint8Array()
    offset += rawData.length
  }
  return { model: toBinary(ModelProtoSchema, message), weights: new Uint8Array(Buffer.concat(chunks)) }
}
