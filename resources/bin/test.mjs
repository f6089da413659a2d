import { runChecks, staticChecks } from './checks.mjs'
import { ensureBrowser } from './ensure-browser.mjs'
import { ensureBuilt, ensureInstalled, NotReadyError, say } from './ensure-ready.mjs'
import { runTests, summarize } from './run-tests.mjs'

const noTests = { passed: 0, failed: [], skipped: [] }

/** Runs one step of the preparation: its result where it succeeds, and a check for the summary. */
async function prepare(name, step) {
  try {
    return { name, passed: true, result: await step() }
  } catch (error) {
    if (!(error instanceof NotReadyError)) throw error
    say(error.message)
    return { name, passed: false }
  }
}

async function test() {
  const installed = await prepare('installation', ensureInstalled)
  if (!installed.passed) return summarize([installed], noTests)
  const built = await prepare('build', ensureBuilt)
  const checks = [built, ...(await runChecks(staticChecks()))]
  if (!built.passed) return summarize(checks, await runTests(['unit']))
  const browser = await prepare('browser for the tests', ensureBrowser)
  const tests = browser.passed
    ? await runTests(['unit', 'runtime', 'engine', 'electron', 'app'], { CHROME_PATH: browser.result })
    : await runTests(['unit', 'runtime', 'engine', 'electron'])
  summarize(browser.passed ? checks : [...checks, browser], tests)
}

await test()
