import { describe, expect, it } from 'vitest'
import { readEinsum, writeEinsum } from './einsum.ts'

describe('readEinsum', () => {
  it('reads letters', () => {
    expect(readEinsum('ij, jk -> ik', [2, 2])).toEqual({
      inputs: [
        ['i', 'j'],
        ['j', 'k'],
      ],
      output: ['i', 'k'],
    })
  })

  it('aligns ellipses of different length on the right', () => {
    expect(readEinsum('...ij,...jk->...ik', [4, 3])).toEqual({
      inputs: [
        ['1', '0', 'i', 'j'],
        ['0', 'j', 'k'],
      ],
      output: ['1', '0', 'i', 'k'],
    })
  })

  it('takes what occurs once, in alphabetical order, where there is no arrow', () => {
    expect(readEinsum('b...a,bc', [3, 2])?.output).toEqual(['0', 'a', 'c'])
  })

  it('refuses equations that do not fit', () => {
    expect(readEinsum('ij,jk->ik', [2])).toBeUndefined()
    expect(readEinsum('ij->i', [3])).toBeUndefined()
    expect(readEinsum('...ij->i', [1])).toBeUndefined()
  })
})

describe('writeEinsum', () => {
  it('gives the axes of an ellipsis letters of their own', () => {
    expect(
      writeEinsum({
        inputs: [
          ['0', 'a'],
          ['a', 'b'],
        ],
        output: ['0', 'b'],
      }),
    ).toBe('ca,ab->cb')
  })
})
