import { expect, it } from 'vitest'
import { greedyText } from './advice-text.ts'

it('tells how far the greedy order was looked for', () => {
  const search = { first: 'taylor', pictures: 100 } as const
  expect(greedyText({ ...search, from: 512 }, 512)).toBe('Chosen by 100 of the pictures.')
  const bounded = greedyText({ ...search, from: 52 }, 512)
  expect(bounded).toContain('only once 52 are left')
  expect(bounded).toContain('“Taylor”')
})
