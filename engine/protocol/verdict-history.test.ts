import { describe, expect, it } from 'vitest'
import { dueLooks, flipStep, historyOf, withLook } from './verdict-history.ts'
import type { VerdictLook } from './verdicts.ts'

const look = (step: number, filters: string): VerdictLook => ({
  step,
  layers: [{ name: 'conv1', verdict: 'emerging', p: 0.001, filters }],
})

describe('dueLooks', () => {
  const kept = Array.from({ length: 101 }, (_, step) => step)

  it('looks at every step first and ever less often, the same whether asked at once or step by step', () => {
    const atOnce = dueLooks(kept, undefined, false)
    expect(atOnce).toEqual([0, 1, 2, 3, 5, 8, 12, 17, 25, 36, 51, 73])
    const looks: number[] = []
    for (let end = 1; end <= kept.length; end++) looks.push(...dueLooks(kept.slice(0, end), looks.at(-1), false))
    expect(looks).toEqual(atOnce)
  })

  it('ends with the last step of a run that is over, once', () => {
    expect(dueLooks(kept, 73, true)).toEqual([100])
    expect(dueLooks(kept, 100, true)).toEqual([])
    expect(dueLooks([], undefined, true)).toEqual([])
  })
})

it('follows one filter, and finds from when on its verdict has stayed', () => {
  const looks = ['rr', 're', 'rs', 'rr', 'rs', 'rs'].map((filters, index) => look(2 ** index, filters))
  const history = historyOf(looks, 'conv1', 1)
  expect(history.map(({ verdict }) => verdict)).toEqual([
    'random',
    'emerging',
    'structured',
    'random',
    'structured',
    'structured',
  ])
  expect(flipStep(history)).toBe(16)
  expect(flipStep(historyOf(looks, 'conv1', 0))).toBeUndefined()
  expect(historyOf(looks, 'conv2', 0)).toEqual([])
  expect(flipStep([])).toBeUndefined()
})

it('forgets what came after the step from which a run goes on', () => {
  const looks = [1, 2, 4, 8].map((step) => look(step, 'r'))
  expect(withLook(looks, look(4, 's')).map(({ step, layers }) => [step, layers[0]?.filters])).toEqual([
    [1, 'r'],
    [2, 'r'],
    [4, 's'],
  ])
})
