import { expect, it } from 'vitest'
import { mergeProblems } from './problems.ts'

const torn = { path: '/data/sun/torn.png', message: 'It is no picture.' }
const gone = { path: '/data/sun/gone.png', message: 'It is not there any more.' }

it('counts once what the data and a run trained on it both say', () => {
  expect(mergeProblems({ listed: [torn], count: 1 }, { listed: [torn, gone], count: 2 })).toEqual({
    listed: [torn, gone],
    count: 2,
  })
})

it('counts also what is not listed', () => {
  expect(mergeProblems({ listed: [torn], count: 40 }, { listed: [gone], count: 7 }).count).toBe(47)
})
