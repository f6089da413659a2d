import { describe, expect, it } from 'vitest'
import { checkResizing } from './check-resizing.ts'

const check = (kept: readonly number[], added = 0) => {
  checkResizing({ layer: 'conv1', filters: 4, kept, added })
}

describe('the filters a layer is to have', () => {
  it('are fewer, more, or others', () => {
    for (const [kept, added] of [
      [[0, 2], 0],
      [[0, 1, 2, 3], 3],
      [[3], 8],
      [[], 1],
    ] as const) {
      expect(() => check(kept, added)).not.toThrow()
    }
  })

  it.each([
    [[4], 'Filter 4 cannot be kept: "conv1" has the filters 0 to 3, and those to keep are named once each, ascending.'],
    [[1, 1], 'Filter 1 cannot be kept:'],
    [[0, 3, 2], 'Filter 2 cannot be kept:'],
    [[], '"conv1" cannot be left without filters; keep or add at least one.'],
    [[0, 1, 2, 3], '"conv1" has these 4 filters already; keep fewer of them, or add some.'],
  ])('are not %j', (kept, sentence) => {
    expect(() => check(kept)).toThrow(sentence)
  })
})
