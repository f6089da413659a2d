import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { NotReadyError, packageProgram, run, say } from './ensure-ready.mjs'

const linuxNames = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']
const macApplications = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
]
const windowsPrograms = ['Google\\Chrome\\Application\\chrome.exe', 'Microsoft\\Edge\\Application\\msedge.exe']

function installedBrowsers() {
  if (process.platform === 'darwin') return macApplications
  if (process.platform === 'win32') {
    const folders = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)'], process.env.LOCALAPPDATA]
    return folders.filter(Boolean).flatMap((folder) => windowsPrograms.map((program) => join(folder, program)))
  }
  const folders = ['/usr/bin', '/snap/bin', ...(process.env.PATH ?? '').split(delimiter)]
  return [...new Set(folders)].flatMap((folder) => linuxNames.map((name) => join(folder, name)))
}

/** A file of that name may be a stub, or lack its libraries: only one that answers counts. */
async function works(program) {
  if (!existsSync(program)) return false
  // On Windows `--version` opens a window instead of answering.
  if (process.platform === 'win32') return true
  try {
    return (await run(program, ['--version'], { stdio: 'ignore', timeoutMs: 30_000 })) === 0
  } catch {
    return false
  }
}

async function firstThatWorks(programs) {
  for (const program of programs) if (await works(program)) return program
  return undefined
}

async function playwrightBrowser() {
  const { chromium } = await import('playwright-core')
  return firstThatWorks([chromium.executablePath()])
}

async function downloadWithPlaywright() {
  say("No Chromium or Chrome found; downloading Playwright's Chromium for the browser tests …")
  const parameters = [packageProgram('playwright-core'), 'install', 'chromium']
  const code = await run(process.execPath, parameters, { timeoutMs: 300_000 })
  return code === 0 ? playwrightBrowser() : undefined
}

async function installWithApt() {
  if (process.platform !== 'linux' || process.getuid() !== 0 || !existsSync('/etc/debian_version')) return undefined
  say('That browser is not to be had; installing the system package (apt-get install chromium) …')
  const environment = { DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => run('apt-get', ['install', '-y', '-qq', 'chromium'], { environment })
  if ((await install()) !== 0) {
    await run('apt-get', ['update', '-qq'])
    await install()
  }
  return firstThatWorks(installedBrowsers())
}

/** Path of a Chromium or Chrome for the tests, downloaded or installed where there is none. */
export async function ensureBrowser() {
  const chosen = process.env.CHROME_PATH
  if (chosen) {
    if (await works(chosen)) return chosen
    throw new NotReadyError(`CHROME_PATH is ${chosen}, which does not run; correct it or unset it.`)
  }
  const found =
    (await firstThatWorks(installedBrowsers())) ??
    (await playwrightBrowser()) ??
    (await downloadWithPlaywright()) ??
    (await installWithApt())
  if (found !== undefined) return found
  throw new NotReadyError(
    'The browser tests need Chromium or Chrome, none is installed and none could be downloaded; install one, or set CHROME_PATH to its program file.',
  )
}
