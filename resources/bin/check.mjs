import { runStaticChecks } from './checks.mjs'
import { ensureInstalled, orExplain } from './ensure-ready.mjs'
import { runTests, summarize } from './run-tests.mjs'

await orExplain(async () => {
  await ensureInstalled()
  const checks = await runStaticChecks()
  summarize(checks, await runTests(['unit']))
})
