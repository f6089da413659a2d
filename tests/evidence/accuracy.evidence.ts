import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const program = resolve('out/main/filterscope.js')
const data = resolve('../shared/data')

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'accuracy-'))
})
afterAll(() => rm(folder, { recursive: true }))

function testAccuracy(...options: string[]): number {
  const out = join(folder, options.join('-').replaceAll(/[^a-z0-9]+/gi, '-'))
  const command = [program, 'train', ...options, '--epochs', '3', '--json', '--out', out]
  const { stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  expect(stderr).toBe('')
  const last = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { testAccuracy: number }
  console.log(`${options.join(' ')}: ${(100 * last.testAccuracy).toFixed(2)} % of the test images`)
  return last.testAccuracy
}

/** The default settings, three epochs, three seeds: the worst seed counts. */
describe.each(['0', '1', '2'])('three epochs with the default settings, seed %s', (seed) => {
  it.skipIf(!existsSync(join(data, 'fashion-mnist')))(
    'LeNet-5 on Fashion-MNIST reaches 87 % (needs ../shared/data)',
    () => {
      const path = join(data, 'fashion-mnist')
      expect(testAccuracy('--data', path, '--arch', 'lenet5', '--seed', seed)).toBeGreaterThanOrEqual(0.87)
    },
  )

  it.skipIf(!existsSync(join(data, 'mnist')))('LeNet-5 on MNIST reaches 98.5 % (needs ../shared/data)', () => {
    const path = join(data, 'mnist')
    expect(testAccuracy('--data', path, '--arch', 'lenet5', '--seed', seed)).toBeGreaterThanOrEqual(0.985)
  })

  it('small on X or O reaches 99 %', () => {
    expect(testAccuracy('--data', 'xo', '--arch', 'small', '--seed', seed)).toBeGreaterThanOrEqual(0.99)
  })
})
