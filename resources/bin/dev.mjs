import { installedElectron } from './electron-binary.mjs'
import { ensureInstalled, orExplain, packageProgram, root, run, say } from './ensure-ready.mjs'

/** Without Electron the page alone is served as it is edited: its gallery shows every panel in every state. */
async function serveGallery() {
  const { loadConfigFromFile } = await import('electron-vite')
  const { createServer } = await import('vite')
  const { config } = await loadConfigFromFile({ command: 'serve', mode: 'development' }, undefined, root)
  const server = await createServer({ ...config.renderer, configFile: false, logLevel: 'warn' })
  await server.listen()
  say(`Electron's binary is not here, so only the gallery is shown: ${server.resolvedUrls.local[0]}#/gallery`)
  say('`npx filterscope serve` serves the built workbench with its engine.')
}

await orExplain(async () => {
  await ensureInstalled()
  if (installedElectron() === undefined) return serveGallery()
  process.exitCode = await run(process.execPath, [packageProgram('electron-vite'), 'dev', '--watch'], {
    stdio: 'inherit',
  })
})
