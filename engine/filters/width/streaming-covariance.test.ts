import { expect, it } from 'vitest'
import { randomStream } from '../../random/stream.ts'
import { StreamingCovariance } from './streaming-covariance.ts'

/** Vectors of eight numbers that vary in three directions, far from zero, with a little noise in all. */
function covarianceOf(noise: number): StreamingCovariance {
  const stream = randomStream(3)
  const directions = Array.from({ length: 3 }, () => Array.from({ length: 8 }, () => stream.normal()))
  const covariance = new StreamingCovariance(8)
  for (let count = 0; count < 2000; count++) {
    const weights = directions.map(() => stream.normal())
    const vector = Array.from({ length: 8 }, (_, index) => {
      const sum = directions.reduce((total, direction, at) => total + weights[at]! * direction[index]!, 0)
      return 1000 + sum + noise * stream.normal()
    })
    covariance.add(vector)
  }
  return covariance
}

const breathe = () => Promise.resolve()

it('counts the directions in which vectors vary, wherever their mean is', async () => {
  const covariance = covarianceOf(0.01)
  expect(covariance.count).toBe(2000)
  expect(await covariance.componentsFor(0.99, breathe)).toBe(3)
  expect(await covariance.componentsFor(0.999_999_9, breathe)).toBe(8)
  expect(await covarianceOf(20).componentsFor(0.99, breathe)).toBe(8)
})

it('counts none where nothing varies', async () => {
  const covariance = new StreamingCovariance(2)
  for (let count = 0; count < 10; count++) covariance.add([3, -1])
  expect(await covariance.componentsFor(0.99, breathe)).toBe(0)
})
