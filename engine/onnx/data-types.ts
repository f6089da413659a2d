import { TensorProto_DataType } from './generated/onnx_pb.ts'
import { ModelError } from './model-error.ts'
import type { DataType, TensorData } from './graph.ts'

interface Storage {
  /** The number that stands for the type in a file. */
  readonly code: number
  readonly bytesPerElement: number
}

const storages: Readonly<Record<DataType, Storage>> = {
  float32: { code: TensorProto_DataType.FLOAT, bytesPerElement: 4 },
  float64: { code: TensorProto_DataType.DOUBLE, bytesPerElement: 8 },
  float16: { code: TensorProto_DataType.FLOAT16, bytesPerElement: 2 },
  bfloat16: { code: TensorProto_DataType.BFLOAT16, bytesPerElement: 2 },
  int8: { code: TensorProto_DataType.INT8, bytesPerElement: 1 },
  uint8: { code: TensorProto_DataType.UINT8, bytesPerElement: 1 },
  int16: { code: TensorProto_DataType.INT16, bytesPerElement: 2 },
  uint16: { code: TensorProto_DataType.UINT16, bytesPerElement: 2 },
  int32: { code: TensorProto_DataType.INT32, bytesPerElement: 4 },
  uint32: { code: TensorProto_DataType.UINT32, bytesPerElement: 4 },
  int64: { code: TensorProto_DataType.INT64, bytesPerElement: 8 },
  uint64: { code: TensorProto_DataType.UINT64, bytesPerElement: 8 },
  bool: { code: TensorProto_DataType.BOOL, bytesPerElement: 1 },
  string: { code: TensorProto_DataType.STRING, bytesPerElement: 0 },
}

const typesByCode = new Map(Object.entries(storages).map(([dataType, storage]) => [storage.code, dataType as DataType]))

const namesByCode = new Map<number, string>(Object.entries(TensorProto_DataType).map(([name, code]) => [code, name]))

export function dataTypeCode(dataType: DataType): number {
  return storages[dataType].code
}

/** The type a file's number stands for, or undefined for the types no graph in memory can hold (complex, float8, int4 …). */
export function dataTypeOfCode(code: number): DataType | undefined {
  return typesByCode.get(code)
}

/** The type a file's number stands for; throws ModelError naming `what` for a type no graph in memory can hold. */
export function requireDataType(code: number, what: string): DataType {
  const dataType = typesByCode.get(code)
  if (dataType === undefined) {
    throw new ModelError(
      `${what} has the element type ${namesByCode.get(code) ?? code}, which is not supported: export the model with float32 or integer values.`,
    )
  }
  return dataType
}

/** Bytes one element takes in raw data; 0 for strings, which have no raw form. */
export function bytesPerElement(dataType: DataType): number {
  return storages[dataType].bytesPerElement
}

/** Typed storage over `buffer`, whose length must be a multiple of the element's; strings have none. */
export function viewAs(
  dataType: Exclude<DataType, 'string'>,
  buffer: ArrayBuffer,
): Exclude<TensorData, readonly string[]> {
  switch (dataType) {
    case 'float32':
      return new Float32Array(buffer)
    case 'float64':
      return new Float64Array(buffer)
    case 'int8':
      return new Int8Array(buffer)
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer)
    case 'int16':
      return new Int16Array(buffer)
    case 'uint16':
    case 'float16':
    case 'bfloat16':
      return new Uint16Array(buffer)
    case 'int32':
      return new Int32Array(buffer)
    case 'uint32':
      return new Uint32Array(buffer)
    case 'int64':
      return new BigInt64Array(buffer)
    case 'uint64':
      return new BigUint64Array(buffer)
  }
}
