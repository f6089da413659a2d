import { expect, it } from 'vitest'
import { wordsThatFit } from './words-that-fit.ts'

const perCharacter = (words: string) => 10 * words.length

it('keeps words that fit, and as many characters of others as fit with the ellipsis', () => {
  expect(wordsThatFit('conv1', 50, perCharacter)).toBe('conv1')
  expect(wordsThatFit('conv1', 49, perCharacter)).toBe('con…')
  for (let width = 20; width < 200; width += 7) {
    const words = wordsThatFit('features.0.weight', width, perCharacter)
    expect(perCharacter(words)).toBeLessThanOrEqual(Math.max(20, width))
    expect(words.length === 17 || perCharacter(words) > width - 10).toBe(true)
  }
})

it('leaves one character where there is room for none', () => {
  expect(wordsThatFit('conv1', 0, perCharacter)).toBe('c…')
  expect(wordsThatFit('', 0, perCharacter)).toBe('')
})
