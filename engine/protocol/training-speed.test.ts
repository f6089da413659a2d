import { expect, it } from 'vitest'
import {
  type StepWork,
  stepMilliseconds,
  type TrainingSpeed,
  trainingSpeedSchema,
  workKinds,
} from './training-speed.ts'

const none = Object.fromEntries(workKinds.map((kind) => [kind, 0])) as StepWork

/** A million a second of everything. */
const speed: TrainingSpeed = {
  rates: Object.fromEntries(workKinds.map((kind) => [kind, 1e6])) as TrainingSpeed['rates'],
  secondsOfStep: 0.002,
}

it('adds what a step always takes, what every picture takes, and what comes once a step', () => {
  expect(stepMilliseconds(none, 32, speed)).toBe(2)
  expect(stepMilliseconds({ ...none, manyChannelConv: 1000, elementwise: 500 }, 32, speed)).toBeCloseTo(2 + 32 + 16)
  expect(stepMilliseconds({ ...none, parameters: 5000, layers: 1000 }, 32, speed)).toBeCloseTo(2 + 5 + 1)
})

it.each(workKinds)('takes half as long for %s on a machine that is twice as fast at it', (kind) => {
  const work = { ...none, [kind]: 10_000 }
  const faster = { rates: { ...speed.rates, [kind]: 2e6 }, secondsOfStep: 0 }
  const slower = stepMilliseconds(work, 8, { ...speed, secondsOfStep: 0 })
  expect(stepMilliseconds(work, 8, faster)).toBeCloseTo(slower / 2)
})

it.each([
  ['a rate is missing', { ...speed, rates: { layers: 1 } }],
  ['a rate is 0, by which nothing can be divided', { ...speed, rates: { ...speed.rates, layers: 0 } }],
  ['a time is negative', { ...speed, secondsOfStep: -1 }],
])('is no speed where %s', (_, wrong) => {
  expect(trainingSpeedSchema.safeParse(wrong).success).toBe(false)
})
