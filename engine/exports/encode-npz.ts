import { crc32 } from 'node:zlib'
import { formatNpyHeader, type NpyType } from '../numpy/npy-header.ts'
import type { DataType, Tensor } from '../onnx/graph.ts'

const numpyTypes: Partial<Record<DataType, Pick<NpyType, 'kind' | 'itemBytes'>>> = {
  float32: { kind: 'f', itemBytes: 4 },
  float64: { kind: 'f', itemBytes: 8 },
  float16: { kind: 'f', itemBytes: 2 },
  int64: { kind: 'i', itemBytes: 8 },
  int32: { kind: 'i', itemBytes: 4 },
  int8: { kind: 'i', itemBytes: 1 },
  uint8: { kind: 'u', itemBytes: 1 },
  bool: { kind: 'b', itemBytes: 1 },
}

/**
 * Tensors as a NumPy archive: a ZIP file of stored .npy entries (numpy.lib.format, version 1.0). Types that NumPy lacks
 * are left out.
 */
export function encodeNpz(tensors: ReadonlyMap<string, Tensor>): Uint8Array {
  const parts: Uint8Array[] = []
  const directory: Uint8Array[] = []
  let offset = 0
  for (const [name, tensor] of tensors) {
    const content = encodeNpy(tensor)
    if (content === undefined) continue
    const fileName = new TextEncoder().encode(`${name}.npy`)
    const common = entryFields(content, fileName.length)
    const local = Buffer.concat([bytesOf(0x04034b50), common, fileName])
    parts.push(local, content)
    const attributes = Buffer.alloc(14)
    attributes.writeUInt32LE(offset, 10)
    directory.push(
      Buffer.concat([bytesOf(0x02014b50), Buffer.from([20, 0]), common, attributes.subarray(0, 14), fileName]),
    )
    offset += local.length + content.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...parts, central, bytesOf(0x06054b50), end])
}

/** What a ZIP entry's local header and its place in the directory both state: version 2.0, stored, 1 January 1980. */
function entryFields(content: Uint8Array, nameLength: number): Uint8Array {
  const fields = Buffer.alloc(26)
  fields.writeUInt16LE(20, 0)
  // Names are UTF-8.
  fields.writeUInt16LE(0x0800, 2)
  fields.writeUInt16LE(0x0021, 8)
  fields.writeUInt32LE(crc32(content), 10)
  fields.writeUInt32LE(content.length, 14)
  fields.writeUInt32LE(content.length, 18)
  fields.writeUInt16LE(nameLength, 22)
  return fields
}

function encodeNpy({ dataType, dims, data }: Tensor): Uint8Array | undefined {
  const type = numpyTypes[dataType]
  if (type === undefined || !ArrayBuffer.isView(data)) return undefined
  const header = formatNpyHeader({ type: { ...type, littleEndian: true }, fortranOrder: false, shape: dims })
  return Buffer.concat([header, new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength)])
}

function bytesOf(signature: number): Uint8Array {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(signature)
  return bytes
}
