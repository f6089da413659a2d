import { launchBrowser } from '../app/browser.ts'
import { bundleForBrowser } from '../app/browser-bundle.ts'

export interface TileFrameOptions {
  readonly tiles: number
  /** Width and height of the kernels. */
  readonly kernel: number
  /** How long frames are counted, after a second of warming up. */
  readonly durationMs: number
  readonly updatesPerSecond: number
  /** CSS pixels per frame. */
  readonly scrollPerFrame: number
}

declare global {
  interface Window {
    /** Given by renderer/gallery/tile-bench.ts. */
    __runTileBench?: (options: TileFrameOptions) => Promise<number[]>
  }
}

export interface TileFrameResult {
  readonly frames: number
  readonly medianMs: number
  readonly p99Ms: number
  readonly longestMs: number
}

const usual: TileFrameOptions = { tiles: 10_000, kernel: 7, durationMs: 8000, updatesPerSecond: 10, scrollPerFrame: 24 }

/**
 * Frame times of the filter wall with 10,000 tiles in a real Chromium at 1280×800, while it scrolls all the time and
 * every weight changes ten times a second.
 */
export async function measureTileFrames(options: Partial<TileFrameOptions> = {}): Promise<TileFrameResult> {
  const { script, style } = await bundleForBrowser('renderer/gallery/tile-bench.ts')
  const browser = await launchBrowser()
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    await page.setContent('<!doctype html><html data-theme="light"><body style="margin:0"></body></html>')
    await page.addStyleTag({ content: style })
    await page.addScriptTag({ content: script })
    const times = await page.evaluate((wanted) => window.__runTileBench?.(wanted) ?? Promise.resolve([]), {
      ...usual,
      ...options,
    })
    if (times.length === 0) throw new Error('The browser drew no frame of the filter wall.')
    const sorted = times.toSorted((one, other) => one - other)
    const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN
    return { frames: times.length, medianMs: at(0.5), p99Ms: at(0.99), longestMs: at(1) }
  } finally {
    await browser.close()
  }
}
