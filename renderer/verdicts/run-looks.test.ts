import { describe, expect, it } from 'vitest'
import type { VerdictLook } from '../../engine/protocol/verdicts.ts'
import { firstStructured, layerOf, lookAt, structuredShares } from './run-looks.ts'

function look(step: number, conv1: string, conv2: string): VerdictLook {
  const layer = (name: string, filters: string) => ({ name, verdict: 'random', p: 0.5, filters }) as const
  return { step, layers: [layer('conv1', conv1), layer('conv2', conv2)] }
}
const looks = [look(0, 'rrrs', 'rr'), look(10, 'rers', 'rr'), look(13, 'rsrs', 'er'), look(40, 'sssr', 'sd')]

describe('the looks at a run', () => {
  it('show at a step what the newest look until then saw', () => {
    expect(lookAt(looks, 0)?.step).toBe(0)
    expect(lookAt(looks, 12)?.step).toBe(10)
    expect(lookAt(looks, 13)?.step).toBe(13)
    expect(lookAt(looks, 1000)?.step).toBe(40)
    expect(lookAt(looks.slice(1), 5)).toBeUndefined()
    expect(layerOf(lookAt(looks, 20), 'conv2')?.filters).toBe('er')
    expect(layerOf(lookAt(looks, 20), 'fc1')).toBeUndefined()
  })

  it('tell how much of a layer was structured at each', () => {
    expect(structuredShares(looks, 'conv1')).toEqual([
      { step: 0, share: 0.25 },
      { step: 10, share: 0.25 },
      { step: 13, share: 0.5 },
      { step: 40, share: 0.75 },
    ])
    expect(structuredShares(looks, 'fc1')).toEqual([])
  })

  it('find the first filter that became structured, not one that was born so', () => {
    expect(firstStructured(looks)).toEqual({ step: 13, layer: 'conv1', filter: 1 })
    expect(firstStructured(looks.slice(0, 2))).toBeUndefined()
    expect(firstStructured([])).toBeUndefined()
  })
})
