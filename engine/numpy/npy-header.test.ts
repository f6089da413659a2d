import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatNpyHeader, npyTypeName, type NpyType, parseNpyHeader } from './npy-header.ts'

const anyType: fc.Arbitrary<NpyType> = fc
  .constantFrom('b1', 'i1', 'i2', 'i4', 'i8', 'u1', 'u2', 'u4', 'u8', 'f2', 'f4', 'f8', 'U7', 'S3')
  .chain((name) =>
    fc.boolean().map((littleEndian): NpyType => {
      const kind = name[0] as NpyType['kind']
      const itemBytes = Number(name.slice(1)) * (kind === 'U' ? 4 : 1)
      // The order of a single byte is not written.
      return { kind, itemBytes, littleEndian: littleEndian || itemBytes === 1 || kind === 'S' }
    }),
  )
const anyHeader = fc.record({
  type: anyType,
  fortranOrder: fc.boolean(),
  shape: fc.array(fc.nat(2 ** 31), { maxLength: 6 }),
})

/** A file of any version with this text for a header. */
function withHeader(text: string, version = 1): Uint8Array {
  const body = Buffer.from(`${text}\n`, 'latin1')
  const length = Buffer.alloc(version === 1 ? 2 : 4)
  if (version === 1) length.writeUInt16LE(body.length)
  else length.writeUInt32LE(body.length)
  return Buffer.concat([Buffer.from(`\x93NUMPY${String.fromCharCode(version)}\x00`, 'latin1'), length, body])
}

describe('NumPy headers', () => {
  it('are read as they were written, whatever follows them', () => {
    fc.assert(
      fc.property(anyHeader, fc.uint8Array({ maxLength: 40 }), (header, data) => {
        const written = formatNpyHeader(header)
        expect(written.length % 64).toBe(0)
        expect(parseNpyHeader(Buffer.concat([written, data]))).toEqual({ header, dataStart: written.length })
      }),
      { seed: 5, numRuns: 300 },
    )
  })

  it('ask for more bytes wherever they are cut, and never misread them', () => {
    fc.assert(
      fc.property(anyHeader, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (header, share) => {
        const written = formatNpyHeader(header)
        const cut = written.subarray(0, Math.max(6, Math.floor(share * written.length)))
        expect(parseNpyHeader(cut)).toBeUndefined()
      }),
      { seed: 6, numRuns: 200 },
    )
  })

  it('are refused or read, but never throw anything else, whatever bytes they hold', () => {
    const damaged = fc.tuple(anyHeader, fc.array(fc.tuple(fc.nat(127), fc.nat(255)), { minLength: 1, maxLength: 8 }))
    fc.assert(
      fc.property(damaged, ([header, changes]) => {
        const bytes = Uint8Array.from(formatNpyHeader(header))
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value
        try {
          const read = parseNpyHeader(bytes)
          for (const size of read?.header.shape ?? []) expect(Number.isSafeInteger(size)).toBe(true)
        } catch (error) {
          expect((error as Error).name).toBe('NpyHeaderError')
        }
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it.each([1, 2, 3])('of version %i are read', (version) => {
    const text = `{'descr': '>u2', 'fortran_order': True, 'shape': (60000L, 28L, 28L), }`
    expect(parseNpyHeader(withHeader(text, version))?.header).toEqual({
      type: { kind: 'u', itemBytes: 2, littleEndian: false },
      fortranOrder: true,
      shape: [60000, 28, 28],
    })
  })

  it.each([
    ["{'descr': '|O', 'fortran_order': False, 'shape': (3,), }", /holds Python objects/],
    ["{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (3,), }", /records of several fields/],
    ["{'descr': '<c8', 'fortran_order': False, 'shape': (3,), }", /type “<c8”, which are neither/],
    ["{'descr': '<f16', 'fortran_order': False, 'shape': (3,), }", /type “<f16”/],
    ["{'descr': '<U0', 'fortran_order': False, 'shape': (3,), }", /type “<U0”/],
    ["{'descr': '|S', 'fortran_order': False, 'shape': (3,), }", /type “\|S”/],
    ["{'descr': '<f4', 'shape': (3,), }", /does not say in which order/],
    ["{'descr': '<f4', 'fortran_order': False}", /without a shape/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (3, -1), }", /has the shape \(3, -1\), which is none/],
    ["{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", /which is none/],
  ])('%s is refused', (text, reason) => {
    expect(() => parseNpyHeader(withHeader(text))).toThrow(reason)
  })

  it('of other versions, other files and absurd lengths are refused', () => {
    expect(() => parseNpyHeader(Buffer.from('PK\x03\x04 not an array'))).toThrow(/does not begin like/)
    expect(() => parseNpyHeader(withHeader('{}', 9))).toThrow(/version 9/)
    const long = Buffer.from(withHeader('{}', 2))
    long.writeUInt32LE(2 ** 31, 8)
    expect(() => parseNpyHeader(long)).toThrow(/claims a header of 2147483648 bytes/)
  })

  it('name their type as NumPy does', () => {
    expect(npyTypeName({ kind: 'f', itemBytes: 2, littleEndian: true })).toBe('float16')
    expect(npyTypeName({ kind: 'u', itemBytes: 2, littleEndian: false })).toBe('big-endian uint16')
  })
})
