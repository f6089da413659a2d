import { fromBinary } from '@bufbuild/protobuf'
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { type ModelProto, ModelProtoSchema } from './generated/onnx_pb.ts'
import { ModelError } from './model-error.ts'
import { decodePackedFloatsAsRaw } from './packed-floats.ts'

const knownFields = new Set(ModelProtoSchema.fields.map((field) => field.number))

/** The message an ONNX file holds; throws ModelError with the reason where `bytes` are not a whole ONNX file. */
export function decodeModel(bytes: Uint8Array): ModelProto {
  refuseOtherFiles(bytes)
  refuseTruncated(bytes)
  try {
    return decodePackedFloatsAsRaw(bytes, () => fromBinary(ModelProtoSchema, bytes, { readUnknownFields: false }))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ModelError(`The file is damaged: it begins like an ONNX model but cannot be decoded (${reason}).`, {
      cause: error,
    })
  }
}

function refuseOtherFiles(bytes: Uint8Array): void {
  if (bytes.length === 0) throw new ModelError('The file is empty (0 bytes): copy or download the model again.')
  const first = String.fromCharCode(...bytes.subarray(0, 512))
  const start = first.trimStart()
  if (start.startsWith('version https://git-lfs')) {
    throw new ModelError(
      "The file is a Git LFS pointer, not the model itself: run 'git lfs pull' in its repository, or download the real file.",
    )
  }
  if (/^<(!doctype|html|head|\?xml)/i.test(start)) {
    throw new ModelError(
      'The file is a web page, not a model: the download saved the page around it; use the link to the raw file.',
    )
  }
  const other = otherFormats.find(({ isAt, magic }) => first.startsWith(magic, isAt))
  if (other !== undefined) throw new ModelError(`The file is ${other.what}, not an ONNX model: ${other.advice}.`)
}

/** Files people take for ONNX models, by the bytes they begin with. */
const otherFormats = [
  {
    isAt: 0,
    magic: 'PK\u0003\u0004',
    what: 'a ZIP archive',
    advice: 'of a PyTorch model, export it with torch.onnx.export; of an archive, unpack it',
  },
  { isAt: 0, magic: '\u0080\u0002', what: 'a Python pickle', advice: 'export the model in it with torch.onnx.export' },
  { isAt: 0, magic: '\u0089HDF', what: 'an HDF5 file, as Keras writes', advice: 'export the model in it with tf2onnx' },
  { isAt: 4, magic: 'TFL3', what: 'a TensorFlow Lite model', advice: 'convert it with tf2onnx' },
  {
    isAt: 4,
    magic: 'ORTM',
    what: 'a model in the format of ONNX Runtime itself',
    advice: 'open the .onnx file it was made of',
  },
  { isAt: 0, magic: 'GGUF', what: 'a GGUF file', advice: 'open a model that was exported to ONNX' },
  {
    isAt: 8,
    magic: '{"',
    what: 'a safetensors file, which holds weights but no network',
    advice: 'export the model to ONNX',
  },
] as const

/** Walks the outermost fields only, so that a cut-off file is told apart from one of another kind. */
function refuseTruncated(bytes: Uint8Array): void {
  const reader = new BinaryReader(bytes)
  let fieldsSeen = 0
  while (reader.pos < reader.len) {
    const [fieldNumber, wireType] = tagOrRefuse(reader, fieldsSeen)
    if (wireType === WireType.LengthDelimited) {
      const length = lengthOrRefuse(reader, fieldsSeen)
      const end = reader.pos + length
      if (end > reader.len) {
        if (fieldsSeen === 0) throw notAModel()
        throw new ModelError(
          `The file is cut off: it holds ${reader.len.toLocaleString('en')} bytes of at least ${end.toLocaleString('en')}; copy or download it again.`,
        )
      }
      reader.pos = end
    } else {
      skipOrRefuse(reader, fieldNumber, wireType, fieldsSeen)
    }
    fieldsSeen++
  }
}

function tagOrRefuse(reader: BinaryReader, fieldsSeen: number): [number, WireType] {
  const tag = attempt(() => reader.tag(), fieldsSeen)
  if (!knownFields.has(tag[0]) && fieldsSeen === 0) throw notAModel()
  return tag
}

function lengthOrRefuse(reader: BinaryReader, fieldsSeen: number): number {
  return attempt(() => reader.uint32(), fieldsSeen)
}

function skipOrRefuse(reader: BinaryReader, fieldNumber: number, wireType: WireType, fieldsSeen: number): void {
  attempt(() => reader.skip(wireType, fieldNumber), fieldsSeen)
}

function attempt<Result>(read: () => Result, fieldsSeen: number): Result {
  try {
    return read()
  } catch (error) {
    if (fieldsSeen === 0) throw notAModel(error)
    throw new ModelError('The file is cut off or damaged: its last field ends too early; copy or download it again.', {
      cause: error,
    })
  }
}

function notAModel(cause?: unknown): ModelError {
  return new ModelError('The file is not an ONNX model: its first bytes are not those of one.', { cause })
}
