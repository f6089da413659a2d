import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { Rectangle } from 'electron'
import type { WindowBounds } from './settings.ts'

const initialSize = { width: 1440, height: 900 }
const smallestSize = { minWidth: 960, minHeight: 640 }

/** The background until the page has drawn itself, so that opening does not flash. */
const background = { light: '#f7f8fa', dark: '#14161a' }

function overlaps(first: Rectangle, second: Rectangle): boolean {
  return (
    first.x < second.x + second.width &&
    second.x < first.x + first.width &&
    first.y < second.y + second.height &&
    second.y < first.y + first.height
  )
}

/** Where the window was last, unless the display it was on is gone. */
function visibleBounds(bounds: WindowBounds | undefined): Rectangle | typeof initialSize {
  if (!bounds) return initialSize
  const { x, y, width, height } = bounds
  const isVisible = screen.getAllDisplays().some((display) => overlaps(display.workArea, bounds))
  return isVisible ? { x, y, width, height } : initialSize
}

/** The one window, sandboxed and without Node; shown as soon as it has something to show. */
export function createWindow(preload: string, bounds: WindowBounds | undefined): BrowserWindow {
  const window = new BrowserWindow({
    ...visibleBounds(bounds),
    ...smallestSize,
    title: 'Filterscope',
    show: false,
    backgroundColor: nativeTheme.shouldUseDarkColors ? background.dark : background.light,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  })
  if (bounds?.isMaximized) window.maximize()
  window.once('ready-to-show', () => {
    window.show()
    // `npm start` waits for this to know that the window opened.
    process.send?.({ kind: 'windowShown' })
  })
  return window
}

export function boundsOf(window: BrowserWindow): WindowBounds {
  return { ...window.getNormalBounds(), isMaximized: window.isMaximized() }
}
