import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeClientMessage, decodeHostMessage, encodeClientMessage, encodeHostMessage, WireError } from './wire.ts'

describe('the wire', () => {
  it('brings every typed array back as it was, wherever it lies in the frame and in its buffer', () => {
    const shifted = new Float32Array(Float32Array.of(9, 1.5, -0, Number.NaN, 9).buffer, 4, 3)
    for (const padding of ['', 'a', 'ab', 'abc']) {
      const message = {
        padding,
        floats: shifted,
        bytes: Uint8Array.of(0, 255),
        integers: Int32Array.of(-(2 ** 31), 7),
        doubles: Float64Array.of(Math.PI),
        shorts: Uint16Array.of(65535),
        words: Uint32Array.of(2 ** 32 - 1),
        nothing: new Float32Array(0),
      }
      expect(decodeHostMessage(encodeHostMessage(message))).toEqual(message)
    }
  })

  it('decodes a frame that lies in a larger buffer, as sockets of Node give them', () => {
    const frame = encodeHostMessage({ weights: Float32Array.of(1, 2, 3) })
    const pool = Buffer.alloc(frame.byteLength + 64)
    for (let offset = 0; offset < 8; offset++) {
      pool.set(frame, offset)
      const view = pool.subarray(offset, offset + frame.byteLength)
      expect(decodeHostMessage(view)).toEqual({ weights: Float32Array.of(1, 2, 3) })
    }
  })

  it('gives every frame bytes of its own, also after a large one', () => {
    const small = encodeHostMessage({ weights: Float32Array.of(1, 2, 3) })
    const large = encodeHostMessage({ weights: new Float32Array(3 * 2 ** 20).fill(4) })
    const after = encodeHostMessage({ weights: Float32Array.of(5) })
    expect(decodeHostMessage(small)).toEqual({ weights: Float32Array.of(1, 2, 3) })
    const { weights } = decodeHostMessage(large) as { weights: Float32Array }
    expect([weights.length, weights.every((weight) => weight === 4)]).toEqual([3 * 2 ** 20, true])
    expect(decodeHostMessage(after)).toEqual({ weights: Float32Array.of(5) })
  })

  it('keeps plain values and leaves out what is undefined', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON has no −0, MessagePack integers neither.
        const plain: unknown = JSON.parse(JSON.stringify({ value }))
        expect(decodeHostMessage(encodeHostMessage(plain))).toEqual(plain)
      }),
      { seed: 1, numRuns: 200 },
    )
    expect(decodeHostMessage(encodeHostMessage({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 })
    expect(decodeClientMessage(encodeClientMessage({ a: undefined, b: 1 }))).toStrictEqual({ b: 1 })
  })

  it('refuses what is no message with a sentence', () => {
    const frame = encodeHostMessage({ weights: Float32Array.of(1, 2, 3) })
    expect(() => decodeHostMessage(frame.subarray(0, -1))).toThrow(WireError)
    expect(() => decodeHostMessage(Uint8Array.of(0xc1))).toThrow(
      'The engine sent 1 bytes that are no MessagePack message.',
    )
    expect(() => decodeClientMessage('{')).toThrow('A window sent 1 characters that are no JSON.')
  })
})
