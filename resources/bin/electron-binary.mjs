import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, packageProgram, root, run, say } from './ensure-ready.mjs'

const folder = join(root, 'node_modules', 'electron')
const rememberedFile = join(cacheFolder, 'electron-download.json')
const retryAfterMs = 24 * 60 * 60 * 1000
const installAgain = '`npx install-electron` tries the download again'

/** Path of Electron's program where it is on this machine; nothing is downloaded. */
export function installedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH
  const pathFile = join(folder, 'path.txt')
  const isDownloaded = existsSync(pathFile)
  if (!isDownloaded && override === undefined) return undefined
  const program = join(override ?? join(folder, 'dist'), isDownloaded ? readFileSync(pathFile, 'utf8') : 'electron')
  return existsSync(program) ? program : undefined
}

/** Why no window can open here, as half a sentence; undefined where one can. */
export function missingDisplay() {
  if (process.platform !== 'linux') return undefined
  if (!process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return 'There is no display here'
  if (process.getuid() === 0) return "Electron's sandbox does not run as root"
  return undefined
}

function rememberedFailure() {
  if (!existsSync(rememberedFile)) return undefined
  const { version, failedAt } = JSON.parse(readFileSync(rememberedFile, 'utf8'))
  const isRecent = Date.now() - Date.parse(failedAt) < retryAfterMs
  return version === electronVersion() && isRecent ? new Date(failedAt) : undefined
}

function electronVersion() {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
}

/** A blocked network can swallow a download without a word: a short question first tells in seconds. */
async function isReachable() {
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror ?? 'https://github.com'
  try {
    await fetch(mirror, { method: 'HEAD', signal: AbortSignal.timeout(10_000) })
    return true
  } catch {
    return false
  }
}

/**
 * Electron's program, downloaded where it is missing: `{ program }`, or `{ reason }`, half a sentence for a person.
 * A download that failed is not tried again for a day.
 */
export async function ensureElectron() {
  const installed = installedElectron()
  if (installed !== undefined) return { program: installed }
  const failedAt = rememberedFailure()
  if (failedAt !== undefined) {
    return { reason: `Electron could not be downloaded (tried ${failedAt.toLocaleString()}; ${installAgain})` }
  }
  say('Downloading Electron, about 120 MB, for the window …')
  // An HTTP proxy is the downloader's business, which the question above would go around.
  const usesProxy = process.env.ELECTRON_GET_USE_PROXY !== undefined
  if (usesProxy || (await isReachable())) {
    const code = await run(process.execPath, [packageProgram('electron', 'install-electron')], {
      stdio: ['ignore', 2, 'ignore'],
      timeoutMs: 300_000,
    })
    const program = installedElectron()
    if (code === 0 && program !== undefined) return { program }
  }
  mkdirSync(cacheFolder, { recursive: true })
  writeFileSync(rememberedFile, JSON.stringify({ version: electronVersion(), failedAt: new Date().toISOString() }))
  return { reason: `Electron could not be downloaded (${installAgain})` }
}
