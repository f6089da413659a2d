import { describe, expect, it } from 'vitest'
import { effectScope, nextTick, shallowRef } from 'vue'
import type { FilterReasons, LayerJudgement } from '../../engine/protocol/verdicts.ts'
import { type Judgement, createJudgement } from './judgement.ts'

interface Asked {
  readonly key: string
  readonly answer: (value: unknown) => void
  readonly refuse: (sentence: string) => void
}

/** A layer at a moment, and an engine that answers when the test lets it. */
function setUp() {
  const place = shallowRef('conv1')
  const moment = shallowRef('0')
  const filter = shallowRef<number>()
  const asked: Asked[] = []
  function ask<Answer>(key: string): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const refuse = (sentence: string): void => reject(new Error(sentence))
      asked.push({ key, answer: (value) => resolve(value as Answer), refuse })
    })
  }
  const scope = effectScope()
  const judgement = scope.run(() =>
    createJudgement(
      () => {
        const [where, when] = [place.value, moment.value]
        return {
          place: where,
          moment: when,
          judge: () => ask<LayerJudgement>(`${where} ${when}`),
          explain: (index) => ask<FilterReasons>(`${where} ${when} #${index}`),
        }
      },
      () => filter.value,
    ),
  ) as Judgement
  const settle = async (): Promise<void> => {
    await nextTick()
    await new Promise((resolve) => setTimeout(resolve))
  }
  return { place, moment, filter, asked, judgement, settle }
}

describe('the verdict that is asked for', () => {
  it('stays while another moment of the layer is judged, and goes with the layer', async () => {
    const { place, moment, asked, judgement, settle } = setUp()
    asked[0]?.answer({ verdict: 'random' })
    await settle()
    moment.value = '10'
    await settle()
    expect(judgement.judgement.value).toEqual({ verdict: 'random' })
    asked[1]?.answer({ verdict: 'structured' })
    await settle()
    expect(judgement.judgement.value).toEqual({ verdict: 'structured' })
    place.value = 'conv2'
    await settle()
    expect(judgement.judgement.value).toBeUndefined()
    expect(asked.map(({ key }) => key)).toEqual(['conv1 0', 'conv1 10', 'conv2 10'])
  })

  it('is not that of a layer left meanwhile', async () => {
    const { place, asked, judgement, settle } = setUp()
    place.value = 'conv2'
    await settle()
    asked[0]?.answer({ verdict: 'structured' })
    await settle()
    expect(judgement.judgement.value).toBeUndefined()
    asked[1]?.refuse('Its weights are gone.')
    await settle()
    expect(judgement.error.value).toBe('Its weights are gone.')
    judgement.retry()
    expect(judgement.error.value).toBeUndefined()
    asked[2]?.answer({ verdict: 'emerging' })
    await settle()
    expect(judgement.judgement.value).toEqual({ verdict: 'emerging' })
  })

  it('has the reasons of the selected filter only', async () => {
    const { filter, moment, asked, judgement, settle } = setUp()
    asked[0]?.answer({ verdict: 'random' })
    filter.value = 3
    await settle()
    asked[1]?.answer({ index: 3 })
    await settle()
    expect(judgement.reasons.value).toEqual({ index: 3 })
    filter.value = 4
    await settle()
    expect(judgement.reasons.value).toBeUndefined()
    filter.value = undefined
    await settle()
    asked[2]?.answer({ index: 4 })
    await settle()
    expect(judgement.reasons.value).toBeUndefined()
    filter.value = 3
    moment.value = '10'
    await settle()
    expect(asked.slice(0, 3).map(({ key }) => key)).toEqual(['conv1 0', 'conv1 0 #3', 'conv1 0 #4'])
    expect(asked.slice(3).map(({ key }) => key)).toEqual(expect.arrayContaining(['conv1 10', 'conv1 10 #3']))
  })
})
