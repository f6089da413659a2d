import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ensureBrowser } from './ensure-browser.mjs'
import { ensureBuilt, ensureInstalled, orExplain, root, say } from './ensure-ready.mjs'

const { values } = parseArgs({ options: { json: { type: 'string' } } })

await orExplain(async () => {
  await ensureInstalled()
  await ensureBuilt()
  process.env.CHROME_PATH = await ensureBrowser()
  const { runnerImport } = await import('vite')
  const options = { root, configFile: false, logLevel: 'error' }
  const { module } = await runnerImport(resolve(root, 'tests/bench/bench.ts'), options)
  await module.bench(values.json === undefined ? undefined : resolve(values.json))
})
// The numbers are out; whatever a browser or a socket still holds open must not keep the terminal.
say('Done.')
process.exit()
