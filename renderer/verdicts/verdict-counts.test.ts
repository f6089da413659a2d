import { describe, expect, it } from 'vitest'
import type { FilterVerdictName } from '../../engine/protocol/verdicts.ts'
import { countVerdicts, onlyVerdict, sortByVerdict } from './verdict-counts.ts'

const verdicts: readonly FilterVerdictName[] = ['random', 'dead', 'structured', 'emerging', 'random', 'structured']

describe('verdicts of a wall', () => {
  it('are counted, those that do not occur too', () => {
    expect(countVerdicts(verdicts)).toEqual({
      ...{ structured: 2, emerging: 1, random: 2, dead: 1 },
      ...{ undecidable: 0, duplicate: 0, mirror: 0, degenerate: 0 },
    })
  })

  it('sort filters in the order of the legend, and equals by their index', () => {
    expect([...sortByVerdict(verdicts)]).toEqual([2, 5, 3, 0, 4, 1])
  })

  it('leave those of one verdict in the order there is', () => {
    expect([...onlyVerdict(Uint32Array.of(5, 4, 3, 2, 1, 0), verdicts, 'structured')]).toEqual([5, 2])
    expect([...onlyVerdict(sortByVerdict(verdicts), verdicts, 'mirror')]).toEqual([])
  })
})
