import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readIdx } from './readers/idx-file.ts'
import { knownByLabels } from './known-class-names.ts'
import { hasSharedData, sharedData } from './test-data.ts'

describe.skipIf(!hasSharedData)('well-known data sets (needs the shared data)', () => {
  it.each([
    ['mnist', 'train', 'MNIST'],
    ['mnist', 't10k', 'MNIST'],
    ['fashion-mnist', 'train', 'Fashion-MNIST'],
    ['fashion-mnist', 't10k', 'Fashion-MNIST'],
  ])('%s: its %s labels are recognised, and no others of the same kind', async (folder, split, name) => {
    const { data } = await readIdx(join(sharedData, folder, `${split}-labels-idx1-ubyte.gz`), 1, {})
    expect(knownByLabels(data)?.name).toBe(name)
    const other = data.slice()
    other.set([(data[0] as number) === 0 ? 1 : 0])
    expect(knownByLabels(other)).toBeUndefined()
  })
})
