import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureElectron, missingDisplay } from './electron-binary.mjs'
import { ensureBuilt, ensureInstalled, orExplain, root, say } from './ensure-ready.mjs'

const parameters = process.argv.slice(2)
// npm runs this in the package's folder; paths on the command line mean the folder npm was called in.
process.chdir(process.env.INIT_CWD ?? '.')

/**
 * Opens the window and resolves when it is closed: with undefined, or with half a sentence
 * where Electron ended before it could show one (a missing system library, a sandbox that is not allowed).
 */
function openWindow(program) {
  return new Promise((resolve, reject) => {
    const window = spawn(program, [root, ...parameters], { stdio: ['inherit', 2, 2, 'ipc'] })
    let shown = false
    window.on('message', ({ kind }) => {
      if (kind === 'windowShown') shown = true
    })
    // Ctrl+C reaches the window's process by itself; this one waits for it to save and close.
    process.on('SIGINT', () => undefined)
    process.on('SIGTERM', () => window.kill('SIGTERM'))
    window.on('error', reject)
    window.on('close', (code, signal) => {
      if (shown || code === 0) resolve(undefined)
      else resolve(`Electron ended (${signal ?? `exit code ${code}`}) before it could show a window`)
    })
  })
}

async function serve(reason) {
  say(`${reason}, so the workbench is served to a browser instead.`)
  process.argv = [process.argv[0], process.argv[1], 'serve', '--open', ...parameters]
  await import(pathToFileURL(join(root, 'out', 'main', 'filterscope.js')).href)
}

async function start() {
  await ensureInstalled()
  await ensureBuilt()
  const reason = missingDisplay()
  if (reason !== undefined) return serve(reason)
  const electron = await ensureElectron()
  if (electron.program === undefined) return serve(electron.reason)
  const failure = await openWindow(electron.program)
  process.removeAllListeners('SIGINT').removeAllListeners('SIGTERM')
  if (failure !== undefined) return serve(failure)
}

await orExplain(start)
