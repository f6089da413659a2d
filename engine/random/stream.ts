import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'

/** A stream of random numbers that depends on its key alone, so that any draw can be repeated. */
export interface RandomStream {
  /** Uniform in [0, 1). */
  uniform(): number
  /** Mean 0, variance 1. */
  normal(): number
  /** Uniform integer in [0, bound). */
  integer(bound: number): number
}

/** FNV-1a over the key's parts, finished with the 32-bit mixer of MurmurHash3 (both public domain). */
function hashKey(parts: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const character of parts.join('\u0000')) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** The stream that belongs to a key such as (seed, 'shuffle', epoch). */
export function randomStream(...key: readonly (number | string)[]): RandomStream {
  const generator = xoroshiro128plus(hashKey(key))
  let spare: number | undefined
  const uniform = () => uniformFloat64(generator)
  return {
    uniform,
    /** Box and Muller's transform (1958): two independent normals from two uniforms. */
    normal() {
      if (spare !== undefined) {
        const kept = spare
        spare = undefined
        return kept
      }
      const radius = Math.sqrt(-2 * Math.log(1 - uniform()))
      const angle = 2 * Math.PI * uniform()
      spare = radius * Math.sin(angle)
      return radius * Math.cos(angle)
    },
    integer: (bound) => uniformInt(generator, 0, bound - 1),
  }
}

/** The numbers 0 … count−1 in an order that depends on `stream` alone (Fisher and Yates's shuffle). */
export function shuffledIndices(count: number, stream: RandomStream): Uint32Array {
  const indices = Uint32Array.from({ length: count }, (_, index) => index)
  for (let last = count - 1; last > 0; last--) {
    const other = stream.integer(last + 1)
    const moved = indices[last] as number
    indices[last] = indices[other] as number
    indices[other] = moved
  }
  return indices
}
