import { installedElectron, missingDisplay } from './electron-binary.mjs'
import { ensureInstalled, orExplain, packageProgram, run } from './ensure-ready.mjs'
import { serveEdited } from './serve-edited.mjs'

await orExplain(async () => {
  await ensureInstalled()
  const missing = installedElectron() === undefined ? "Electron's binary is not here" : missingDisplay()
  if (missing !== undefined) return serveEdited(missing, process.argv.slice(2))
  process.exitCode = await run(process.execPath, [packageProgram('electron-vite'), 'dev', '--watch'], {
    stdio: 'inherit',
  })
})
