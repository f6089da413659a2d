import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import { type ServedWorkbench, serveWorkbench } from './served-workbench.ts'

export interface OpenedWorkbench extends Pick<ServedWorkbench, 'root' | 'url'> {
  /** A window on it, 1280×800 unless told otherwise. */
  readonly page: Page
  readonly browser: Browser
  /** Errors thrown in the window, and those on its console, so far. */
  readonly faults: readonly string[]
  /** Closes the window, ends the workbench and removes its folder. */
  close(): Promise<void>
}

/**
 * Starts the built workbench over an empty folder and opens a window on it; `attend` is given the page while it is
 * still empty. Throws where the workbench or the browser does not start.
 */
export async function openWorkbench(
  options: BrowserContextOptions = {},
  attend?: (page: Page) => void,
): Promise<OpenedWorkbench> {
  const workbench = await serveWorkbench()
  let browser: Browser | undefined
  const close = async (): Promise<void> => {
    await browser?.close()
    await workbench.stop()
  }
  try {
    browser = await launchBrowser()
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
    attend?.(page)
    await page.goto(workbench.url)
    return { root: workbench.root, url: workbench.url, browser, page, faults, close }
  } catch (failure) {
    await close()
    throw failure
  }
}
