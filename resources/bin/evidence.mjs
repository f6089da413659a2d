import { ensureBrowser } from './ensure-browser.mjs'
import { ensureBuilt, ensureInstalled, orExplain } from './ensure-ready.mjs'
import { runTests, summarize } from './run-tests.mjs'

// What takes too long for every test run: calibration tables, parity sweeps, long trainings.
await orExplain(async () => {
  await ensureInstalled()
  await ensureBuilt()
  const browser = await ensureBrowser()
  summarize([], await runTests(['evidence'], { CHROME_PATH: browser }))
})
