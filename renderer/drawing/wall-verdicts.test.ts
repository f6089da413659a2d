import { expect, it } from 'vitest'
import type { FilterVerdictName } from '../../engine/protocol/verdicts.ts'
import { VerdictMarks, type WallVerdicts } from './wall-verdicts.ts'

const shown = (of: string, verdicts: readonly FilterVerdictName[], pulses = true): WallVerdicts => ({
  of,
  verdicts,
  pulses,
})

it('lets a filter pulse once when its verdict changes, but not when another layer comes into view', () => {
  const marks = new VerdictMarks()
  marks.show(shown('conv1', ['random', 'random']), 0)
  expect(marks.pulseOf(0, 0)).toBeUndefined()
  marks.show(shown('conv1', ['random', 'structured']), 1000)
  expect(marks.pulseOf(0, 1000)).toBeUndefined()
  expect(marks.pulseOf(1, 1000)).toBe(0)
  expect(marks.pulseOf(1, 1350)).toBeCloseTo(0.5)
  expect(marks.pulseOf(1, 1800)).toBeUndefined()
  marks.show(shown('conv1', ['random', 'structured']), 2000)
  expect(marks.pulseOf(1, 2000)).toBeUndefined()
  marks.show(shown('conv2', ['dead', 'dead']), 3000)
  expect(marks.pulseOf(0, 3000)).toBeUndefined()
})

it('stays still where nothing should move', () => {
  const marks = new VerdictMarks()
  marks.show(shown('conv1', ['random'], false), 0)
  marks.show(shown('conv1', ['structured'], false), 10)
  expect(marks.pulseOf(0, 10)).toBeUndefined()
})
