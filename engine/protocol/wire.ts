import { Decoder, Encoder, ExtensionCodec } from '@msgpack/msgpack'

/**
 * How host messages travel over a WebSocket: MessagePack, typed arrays as their raw little-endian bytes.
 * Windows answer in JSON text, for they send no tensors and text cannot make a decoder reserve memory it never fills.
 */
const typedArrays = [
  [1, Float32Array],
  [2, Int32Array],
  [3, Float64Array],
  [4, Uint16Array],
  [5, Uint32Array],
  [6, Int16Array],
] as const

const codec = new ExtensionCodec()
for (const [type, ArrayType] of typedArrays) {
  codec.register({
    type,
    encode: (value) =>
      value instanceof ArrayType ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    // A copy, because the bytes within a frame are rarely aligned to the element size; Buffer's own slice() makes none.
    decode: (bytes) => new ArrayType(new Uint8Array(bytes).buffer),
  })
}

/** Bytes that cannot be a message; the sentence says which way they came. */
export class WireError extends Error {
  override readonly name = 'WireError'
}

/** What an encoder may keep of its memory for the next message. */
const LARGEST_KEPT_BYTES = 8 * 2 ** 20

const newEncoder = () => new Encoder({ extensionCodec: codec, ignoreUndefined: true })
/** Used again and again: growing a new one to the size of a frame costs more than encoding it. */
let encoder = newEncoder()

/** A message of the host as bytes of its own; properties that are undefined are left out. */
export function encodeHostMessage(message: unknown): Uint8Array<ArrayBuffer> {
  const bytes = encoder.encode(message)
  if (bytes.byteLength > LARGEST_KEPT_BYTES) encoder = newEncoder()
  return bytes
}

/** Typed arrays come back as they were; a Uint8Array is a view into `bytes`. Throws WireError. */
export function decodeHostMessage(bytes: Uint8Array): unknown {
  try {
    return new Decoder({ extensionCodec: codec }).decode(bytes)
  } catch (error) {
    throw new WireError(`The engine sent ${bytes.byteLength} bytes that are no MessagePack message.`, { cause: error })
  }
}

export function encodeClientMessage(message: unknown): string {
  return JSON.stringify(message)
}

/** Throws WireError. */
export function decodeClientMessage(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new WireError(`A window sent ${text.length} characters that are no JSON.`, { cause: error })
  }
}
