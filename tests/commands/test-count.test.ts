import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const commands = join(root, 'resources', 'bin')

const sample = `
import { beforeAll, describe, it } from 'vitest'
it('passes', () => {})
it('fails', () => { throw new Error('on purpose') })
it('is skipped', (context) => context.skip('no such device'))
it.skip('is left out', () => {})
describe('a suite whose hook fails', () => {
  beforeAll(() => { throw new Error('on purpose') })
  it('never runs', () => {})
})
`

describe('what npm test counts', () => {
  it('is every test, also of a file that cannot be loaded or a hook that fails', () => {
    const folder = mkdtempSync(join(tmpdir(), 'filterscope-count-'))
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
    writeFileSync(join(folder, 'sample.test.ts'), sample)
    writeFileSync(join(folder, 'broken.test.ts'), "import './missing.ts'")
    const countFile = join(folder, 'count.json')
    const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs')
    spawnSync(process.execPath, [vitest, 'run', `--reporter=${join(commands, 'test-counter.mjs')}`], {
      cwd: folder,
      env: { PATH: process.env.PATH, FILTERSCOPE_TEST_COUNT: countFile },
    })
    const count = JSON.parse(readFileSync(countFile, 'utf8')) as unknown
    rmSync(folder, { recursive: true })
    const inSample = (name: string) => expect.stringContaining(`sample.test.ts › ${name}`) as string
    expect(count).toEqual({
      passed: 1,
      failed: expect.arrayContaining([
        expect.stringContaining('broken.test.ts'),
        inSample('fails'),
        inSample('a suite whose hook fails'),
      ]) as string[],
      skipped: [
        { name: inSample('is skipped'), reason: 'no such device' },
        { name: inSample('is left out') },
        { name: inSample('a suite whose hook fails > never runs') },
      ],
    })
    expect((count as { failed: string[] }).failed).toHaveLength(3)
  })

  function summaryOf(checks: object[], tests: object): { lastLine: string | undefined; status: number } {
    const url = pathToFileURL(join(commands, 'run-tests.mjs')).href
    const script = `import { summarize } from '${url}'; summarize(${JSON.stringify(checks)}, ${JSON.stringify(tests)})`
    try {
      const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })
      return { lastLine: output.trimEnd().split('\n').at(-1), status: 0 }
    } catch (error) {
      const { stdout, status } = error as { stdout: string; status: number }
      return { lastLine: stdout.trimEnd().split('\n').at(-1), status }
    }
  }

  it('ends with one line, checks and tests together', () => {
    const tests = { passed: 40, failed: [], skipped: [] }
    expect(summaryOf([{ name: 'lint', passed: true }], tests)).toEqual({ lastLine: '41 passed, 0 failed', status: 0 })
  })

  it('names what was skipped only where something was, and fails with any failure', () => {
    const tests = { passed: 40, failed: ['one'], skipped: [{ name: 'two', reason: 'no display' }] }
    const checks = [
      { name: 'lint', passed: true },
      { name: 'format', passed: false },
    ]
    expect(summaryOf(checks, tests)).toEqual({ lastLine: '41 passed, 2 failed, 1 skipped', status: 1 })
  })
})
