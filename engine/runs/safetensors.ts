import { type DataType, type Tensor, elementCount } from '../onnx/graph.ts'

/** Format: https://huggingface.co/docs/safetensors — 8 bytes header length, JSON header, raw little-endian data. */

const typeNames = {
  float32: 'F32',
  float64: 'F64',
  float16: 'F16',
  int64: 'I64',
  int32: 'I32',
  uint8: 'U8',
  bool: 'BOOL',
} as const satisfies Partial<Record<DataType, string>>

type StorableType = keyof typeof typeNames

const arrayOf = {
  float32: Float32Array,
  float64: Float64Array,
  float16: Uint16Array,
  int64: BigInt64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

interface Entry {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data_offsets: readonly [number, number]
}

/** A file that is not whole or not of this format. */
export class SafetensorsError extends Error {
  override readonly name = 'SafetensorsError'
}

function isStorable(dataType: DataType): dataType is StorableType {
  return dataType in typeNames
}

/** Tensors and string metadata as one safetensors file. */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, Entry | Record<string, string>> = { __metadata__: { ...metadata } }
  const parts: Uint8Array[] = []
  let offset = 0
  for (const [name, tensor] of tensors) {
    const { data, dataType } = tensor
    if (!isStorable(dataType) || !ArrayBuffer.isView(data)) {
      throw new SafetensorsError(`Tensor "${name}" is of type ${dataType}, which this format cannot hold.`)
    }
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    header[name] = {
      dtype: typeNames[dataType],
      shape: tensor.dims,
      data_offsets: [offset, offset + bytes.byteLength],
    }
    parts.push(bytes)
    offset += bytes.byteLength
  }
  const json = JSON.stringify(header)
  const headerBytes = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8))
  const file = new Uint8Array(8 + headerBytes.byteLength + offset)
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes.byteLength), true)
  file.set(headerBytes, 8)
  let position = 8 + headerBytes.byteLength
  for (const bytes of parts) {
    file.set(bytes, position)
    position += bytes.byteLength
  }
  return file
}

/** The tensors (copied out of `file`) and the metadata. Throws SafetensorsError naming `origin`. */
export function decodeSafetensors(
  file: Uint8Array,
  origin: string,
): { tensors: Map<string, Tensor>; metadata: Readonly<Record<string, string>> } {
  const damaged = (reason: string) => new SafetensorsError(`${origin} is damaged: ${reason}.`)
  if (file.byteLength < 8) throw damaged(`it has ${file.byteLength} bytes`)
  const headerLength = Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true))
  if (headerLength > file.byteLength - 8) throw damaged(`its header should take ${headerLength} bytes`)
  const header = parseHeader(file.subarray(8, 8 + headerLength), damaged)
  const dataStart = 8 + headerLength
  const tensors = new Map<string, Tensor>()
  for (const [name, entry] of Object.entries(header.entries)) {
    const dataType = (Object.keys(typeNames) as StorableType[]).find((type) => typeNames[type] === entry.dtype)
    if (dataType === undefined) throw damaged(`tensor "${name}" has the unknown type ${entry.dtype}`)
    const [start, end] = entry.data_offsets
    const ArrayType = arrayOf[dataType]
    if (end > file.byteLength - dataStart || end - start !== elementCount(entry.shape) * ArrayType.BYTES_PER_ELEMENT) {
      throw damaged(`tensor "${name}" does not fit its place`)
    }
    // Copied to an aligned buffer of its own: `file` may be a view at any offset.
    const bytes = new Uint8Array(end - start)
    bytes.set(file.subarray(dataStart + start, dataStart + end))
    const data = new ArrayType(bytes.buffer)
    tensors.set(name, { dataType, dims: entry.shape, data })
  }
  return { tensors, metadata: header.metadata }
}

function parseHeader(
  bytes: Uint8Array,
  damaged: (reason: string) => Error,
): { entries: Record<string, Entry>; metadata: Record<string, string> } {
  try {
    const { __metadata__: metadata, ...entries } = JSON.parse(new TextDecoder().decode(bytes)) as Record<
      string,
      unknown
    >
    return {
      entries: entries as Record<string, Entry>,
      metadata: (metadata ?? {}) as Record<string, string>,
    }
  } catch {
    throw damaged('its header is not JSON')
  }
}
