import { runChecks, staticChecks } from './checks.mjs'
import { ensureInstalled, orExplain } from './ensure-ready.mjs'
import { runTestsQuietly, summarize } from './run-tests.mjs'

await orExplain(async () => {
  await ensureInstalled()
  let tests
  const unitTests = {
    name: 'unit tests',
    async check() {
      const { count, output } = await runTestsQuietly(['unit'])
      tests = count
      return { passed: count.failed.length === 0, output }
    },
  }
  // The tests take longest: begun first, they end together with the rest.
  const results = await runChecks([unitTests, ...staticChecks()])
  summarize(
    results.filter(({ name }) => name !== unitTests.name),
    tests,
  )
})
