import { TensorProto_DataLocation, type TensorProto } from './generated/onnx_pb.ts'
import { bytesPerElement, requireDataType, viewAs } from './data-types.ts'
import { type DataType, LARGEST_SIZE, type Tensor, type TensorData, deferredTensor, elementCount } from './graph.ts'
import { ModelError } from './model-error.ts'

/** Gives the bytes of a file that lies beside the model; `location` is relative to the model's folder. */
export type ExternalData = (location: string) => Uint8Array

/** Smaller tensors than this many bytes are read by whoever asks for shapes. */
const copiedAtOnce = 4096

type FixedWidthType = Exclude<DataType, 'string'>

/** A tensor of the file, whatever encoding it has; a large one keeps the file's bytes until it is read. Throws ModelError naming it where data and shape disagree. */
export function readTensor(message: TensorProto, externalData: ExternalData | undefined, what = 'Tensor'): Tensor {
  const label = message.name === '' ? what : `${what} '${message.name}'`
  const dims = readDims(message, label)
  const dataType = requireDataType(message.dataType, label)
  if (message.segment !== undefined) {
    throw new ModelError(`${label} is stored in segments, which is not supported: save the model again in one piece.`)
  }
  if (message.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const bytes = readExternal(message, externalData, label)
    if (dataType === 'string')
      throw new ModelError(`${label} holds strings outside the file, which the format forbids.`)
    return fromRaw(bytes, dataType, dims, label)
  }
  if (message.rawData.length > 0 && dataType !== 'string') {
    return fromRaw(message.rawData, dataType, dims, label)
  }
  const values = typedValues(message, dataType)
  if (values.length !== elementCount(dims)) throw wrongLength(label, dims, `${values.length} elements`)
  return { dataType, dims, data: fromValues(values, dataType) }
}

function readDims(message: TensorProto, label: string): number[] {
  const dims = message.dims.map(Number)
  const bad = dims.find((size) => !(size >= 0 && size <= LARGEST_SIZE))
  if (bad !== undefined) {
    const why = bad < 0 ? 'a size cannot be negative' : 'no tensor is so large'
    throw new ModelError(`${label} has the size ${bad} in its shape [${dims.join(', ')}]; ${why}.`)
  }
  return dims
}

function fromRaw(raw: Uint8Array, dataType: FixedWidthType, dims: readonly number[], label: string): Tensor {
  const expected = elementCount(dims) * bytesPerElement(dataType)
  if (raw.length !== expected) {
    const needs = `${expected.toLocaleString('en')} bytes of ${dataType}`
    throw wrongLength(label, dims, `${raw.length.toLocaleString('en')} bytes`, needs)
  }
  // The file's bytes need not be aligned for the type, so they are copied, the large ones when they are first read.
  const copy = () => viewAs(dataType, new Uint8Array(raw).buffer)
  return raw.length > copiedAtOnce ? deferredTensor(dataType, dims, copy) : { dataType, dims, data: copy() }
}

function wrongLength(label: string, dims: readonly number[], found: string, needed?: string): ModelError {
  const needs = needed ?? `${elementCount(dims).toLocaleString('en')} elements`
  return new ModelError(
    `${label} has the shape [${dims.join(', ')}], which needs ${needs}, but the file holds ${found}: it is damaged or incomplete.`,
  )
}

/** The one list of typed values that the format lays down for `dataType`. */
function typedValues(message: TensorProto, dataType: DataType): readonly (number | bigint | Uint8Array)[] {
  switch (dataType) {
    case 'float32':
      return message.floatData
    case 'float64':
      return message.doubleData
    case 'int64':
      return message.int64Data
    case 'uint64':
    case 'uint32':
      return message.uint64Data
    case 'string':
      return message.stringData
    default:
      return message.int32Data
  }
}

function fromValues(values: readonly (number | bigint | Uint8Array)[], dataType: DataType): TensorData {
  if (dataType === 'string') {
    const decoder = new TextDecoder()
    return (values as readonly Uint8Array[]).map((bytes) => decoder.decode(bytes))
  }
  const data = viewAs(dataType, new ArrayBuffer(values.length * bytesPerElement(dataType)))
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.set(values as readonly bigint[])
  else if (dataType === 'uint32') data.set((values as readonly bigint[]).map(Number))
  // Assigning truncates modulo the width: the bits of a float16, or a byte written as a negative number.
  else data.set(values as readonly number[])
  return data
}

function readExternal(message: TensorProto, externalData: ExternalData | undefined, label: string): Uint8Array {
  const entries = new Map(message.externalData.map((entry) => [entry.key, entry.value]))
  const location = entries.get('location') ?? ''
  if (location === '' || /^([a-z]:|[/\\])/i.test(location) || location.split(/[/\\]/).includes('..')) {
    throw new ModelError(`${label} points to the outside file '${location}', which does not lie in the model's folder.`)
  }
  const missing = `${label} keeps its values in the file '${location}' beside the model`
  if (externalData === undefined) throw new ModelError(`${missing}, which was not given: open them together.`)
  let file: Uint8Array
  try {
    file = externalData(location)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ModelError(`${missing}, which cannot be read: put it there and open the model again (${reason}).`, {
      cause: error,
    })
  }
  const offset = Number(entries.get('offset') ?? 0)
  const length = Number(entries.get('length') ?? file.length - offset)
  if (!(offset >= 0 && length >= 0 && offset + length <= file.length)) {
    throw new ModelError(
      `${missing}, at bytes ${offset} to ${offset + length}, but that file has ${file.length.toLocaleString('en')} bytes.`,
    )
  }
  return file.subarray(offset, offset + length)
}
