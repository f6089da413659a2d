import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, packageProgram, root, run, runQuietly } from './ensure-ready.mjs'

const countFile = join(cacheFolder, 'test-count.json')

function vitestParameters(projects) {
  mkdirSync(cacheFolder, { recursive: true })
  rmSync(countFile, { force: true })
  const reporters = ['--reporter=default', `--reporter=${join(root, 'resources', 'bin', 'test-counter.mjs')}`]
  return [packageProgram('vitest'), 'run', ...projects.map((project) => `--project=${project}`), ...reporters]
}

const counting = { FILTERSCOPE_TEST_COUNT: countFile }

function readCount(code) {
  if (!existsSync(countFile)) return { passed: 0, failed: [`vitest ended with exit code ${code}`], skipped: [] }
  const count = JSON.parse(readFileSync(countFile, 'utf8'))
  if (code !== 0 && count.failed.length === 0) count.failed.push(`vitest ended with exit code ${code}`)
  return count
}

/**
 * Runs vitest projects and resolves with `{ passed, failed: [name], skipped: [{ name, reason }] }`.
 * `environment` is added to the environment of the tests.
 */
export async function runTests(projects, environment = {}) {
  const code = await run(process.execPath, vitestParameters(projects), {
    stdio: ['ignore', 1, 2],
    environment: { ...environment, ...counting },
  })
  return readCount(code)
}

/** The same on one core, beside other checks: resolves with `{ count, output }` and prints nothing. */
export async function runTestsQuietly(projects) {
  const { code, output } = await runQuietly([...vitestParameters(projects), '--maxWorkers=1'], counting)
  return { count: readCount(code), output }
}

/** Prints what failed and what was skipped (why is in a note or in the test's title), and last the line that counts them; sets the exit code. */
export function summarize(checks, tests) {
  const failed = [...checks.filter(({ passed }) => !passed).map(({ name }) => name), ...tests.failed]
  const passed = checks.filter((check) => check.passed).length + tests.passed
  console.log('')
  for (const { name, reason } of tests.skipped) console.log(`skipped: ${name}${reason ? ` (${reason})` : ''}`)
  for (const name of failed) console.log(`FAILED: ${name}`)
  const skipped = tests.skipped.length > 0 ? `, ${tests.skipped.length} skipped` : ''
  console.log(`${passed} passed, ${failed.length} failed${skipped}`)
  process.exitCode = failed.length > 0 ? 1 : 0
}
