import { expect, it } from 'vitest'
import { readNames } from './read-names.ts'

it('reads names with commas between, as many as a layer may read', () => {
  const readable = ['image', 'conv1', 'relu1']
  expect(readNames(' conv1 ,relu1', readable, true)).toEqual(['conv1', 'relu1'])
  expect(readNames('image', readable, false)).toEqual(['image'])
  expect(readNames('conv1, relu1', readable, false)).toBeUndefined()
  expect(readNames('conv1, conv1', readable, true)).toBeUndefined()
  expect(readNames('conv2', readable, true)).toBeUndefined()
  expect(readNames('  ', readable, true)).toBeUndefined()
})
