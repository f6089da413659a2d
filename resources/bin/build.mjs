import { build, ensureInstalled, orExplain } from './ensure-ready.mjs'

await orExplain(async () => {
  await ensureInstalled()
  await build()
})
