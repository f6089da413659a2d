import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { Browser } from 'playwright-core'

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** The browser of CHROME_PATH (as `npm test` sets it), else one in its usual place; throws where there is none. */
export async function launchBrowser(): Promise<Browser> {
  const executablePath =
    process.env['CHROME_PATH'] ?? usualPlaces.find((path) => existsSync(path)) ?? chromium.executablePath()
  // Chromium refuses its sandbox to root, which is who runs tests in a container.
  const isRoot = process.getuid?.() === 0
  return chromium.launch({ executablePath, args: isRoot ? ['--no-sandbox'] : [] })
}
