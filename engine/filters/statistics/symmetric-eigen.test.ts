import { describe, expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { symmetricEigen, symmetricEigenvalues, symmetricEigenvaluesInTurns } from './symmetric-eigen.ts'

/** X Xᵀ of normal values, [size, size] of rank at most `rank`. */
function gram(size: number, rank: number, seed: number): Float64Array {
  const stream = randomStream('symmetric', seed)
  const x = Float64Array.from({ length: size * rank }, () => stream.normal())
  return Float64Array.from({ length: size * size }, (_, index) => {
    let sum = 0
    for (let k = 0; k < rank; k++) sum += x[Math.floor(index / size) * rank + k]! * x[(index % size) * rank + k]!
    return sum
  })
}

const cases = [1, 2, 3, 8, 25, 60].flatMap((size) => [
  { size, rank: size + 3 },
  { size, rank: Math.max(1, Math.floor(size / 3)) },
])

describe('symmetricEigen', () => {
  it.each(cases)('takes a matrix of size $size and rank $rank apart', ({ size, rank }) => {
    const matrix = gram(size, rank, size)
    const { values, vectors } = symmetricEigen(matrix.slice(), size)
    const scale = values[0]!
    expect([...values]).toEqual([...values].sort((a, b) => b - a))
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        let product = 0
        let inner = 0
        for (let k = 0; k < size; k++) {
          product += values[k]! * vectors[k * size + i]! * vectors[k * size + j]!
          inner += vectors[i * size + k]! * vectors[j * size + k]!
        }
        expect(Math.abs(product - matrix[i * size + j]!)).toBeLessThan(1e-12 * scale)
        expect(Math.abs(inner - (i === j ? 1 : 0))).toBeLessThan(1e-12)
      }
    }
  })

  it.each(cases)('has the same values without vectors, size $size and rank $rank', ({ size, rank }) => {
    const matrix = gram(size, rank, size)
    const { values } = symmetricEigen(matrix.slice(), size)
    const alone = symmetricEigenvalues(matrix.slice(), size)
    alone.forEach((value, index) => {
      expect(Math.abs(value - values[index]!)).toBeLessThan(1e-12 * values[0]!)
    })
  })

  it('has the very same values in turns, which come again and again in a large matrix', async () => {
    const matrix = gram(500, 20, 1)
    let turns = 0
    const inTurns = await symmetricEigenvaluesInTurns(matrix.slice(), 500, () => Promise.resolve(void turns++))
    expect(inTurns).toEqual(symmetricEigenvalues(matrix.slice(), 500))
    expect(turns).toBeGreaterThan(1)
    const refusing = symmetricEigenvaluesInTurns(matrix, 500, () => Promise.reject(new Error('enough')))
    await expect(refusing).rejects.toThrow('enough')
  })

  it('takes diagonal matrices, zeros and equal values', () => {
    expect([...symmetricEigenvalues(Float64Array.of(1, 0, 0, 0, 3, 0, 0, 0, 2), 3)]).toEqual([3, 2, 1])
    expect([...symmetricEigen(new Float64Array(16), 4).values]).toEqual([0, 0, 0, 0])
    expect(symmetricEigenvalues(new Float64Array(0), 0)).toHaveLength(0)
  })
})
