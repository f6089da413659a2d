import { create } from '@bufbuild/protobuf'
import { dataTypeCode } from './data-types.ts'
import { type TensorProto, TensorProtoSchema } from './generated/onnx_pb.ts'
import type { Tensor } from './graph.ts'
import { ModelError } from './model-error.ts'

/** A tensor of numbers as a file has it, its memory as raw data. Throws ModelError for strings. */
export function tensorMessage(name: string, tensor: Tensor): TensorProto {
  const { data, dataType, dims } = tensor
  if (!ArrayBuffer.isView(data)) throw new ModelError(`The value '${name}' must hold numbers.`)
  const rawData = new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)
  return create(TensorProtoSchema, { name, dataType: dataTypeCode(dataType), dims: dims.map(BigInt), rawData })
}
