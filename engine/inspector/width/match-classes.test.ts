import { describe, expect, it } from 'vitest'
import { matchClasses } from './match-classes.ts'

const classes = (...names: string[]) => ({ count: names.length, names })

describe('classes of a network and of data', () => {
  it('are the same by their names, however they are written', () => {
    expect(matchClasses(classes('cat', 'polar_bear'), classes('Cat', 'Polar bear'))).toEqual(Uint16Array.of(0, 1))
  })

  it('are others where there are as many of other names', () => {
    expect(matchClasses(classes('cat', 'dog'), classes('rose', 'tulip'))).toBeUndefined()
    expect(matchClasses(classes('cat', 'dog'), classes('cat', 'tulip'))).toBeUndefined()
  })

  it('are matched in another order, and among more', () => {
    expect(matchClasses(classes('cat', 'dog'), classes('dog', 'cat'))).toEqual(Uint16Array.of(1, 0))
    expect(matchClasses(classes('cat', 'cow', 'dog', 'emu'), classes('dog', 'cat'))).toEqual(Uint16Array.of(2, 0))
  })

  it('are not guessed where a name stands for two', () => {
    const cranes = classes('crane', 'cat', 'crane')
    expect(matchClasses(cranes, classes('crane', 'cat'))).toBeUndefined()
    expect(matchClasses(cranes, cranes)).toEqual(Uint16Array.of(0, 1, 2))
    expect(matchClasses(classes('cat', 'dog', 'emu'), classes('cat', 'Cat'))).toBeUndefined()
  })

  it('are compared by their number where one side is not named', () => {
    expect(matchClasses({ count: 3 }, classes('a', 'b', 'c'))).toEqual(Uint16Array.of(0, 1, 2))
    expect(matchClasses({ count: 4 }, classes('a', 'b', 'c'))).toBeUndefined()
    // Names that are the numbers of the classes say nothing.
    expect(matchClasses(classes('shirt', 'boot'), classes('0', '1'))).toEqual(Uint16Array.of(0, 1))
  })
})
