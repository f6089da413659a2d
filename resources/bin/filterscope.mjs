#!/usr/bin/env node
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, ensureInstalled, orExplain, root } from './ensure-ready.mjs'

await orExplain(async () => {
  await ensureInstalled()
  await ensureBuilt()
})
await import(pathToFileURL(join(root, 'out', 'main', 'filterscope.js')).href)
