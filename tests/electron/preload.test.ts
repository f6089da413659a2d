import { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { DesktopBridge } from '../../electron/preload/bridge.ts'

const builtPreload = readFileSync(resolve(import.meta.dirname, '../../out/preload/index.cjs'), 'utf8')

/** Runs the built preload script as a sandboxed page does: it may require Electron and nothing else. */
function runPreload() {
  const ipcRenderer = Object.assign(new EventEmitter(), { send: vi.fn(), invoke: vi.fn() })
  const exposed = new Map<string, unknown>()
  const postMessage = vi.fn()
  const electron = {
    ipcRenderer,
    contextBridge: { exposeInMainWorld: (name: string, value: unknown) => exposed.set(name, value) },
    webUtils: { getPathForFile: (file: { fullPath: string }) => file.fullPath },
  }
  const require = (name: string) => {
    if (name !== 'electron') throw new Error(`A sandboxed preload script cannot require ${name}.`)
    return electron
  }
  const run = new Function('require', 'module', 'exports', 'window', 'location', builtPreload)
  run(require, { exports: {} }, {}, { postMessage }, { origin: 'app://workbench' })
  return { bridge: exposed.get('filterscope') as DesktopBridge, exposed, ipcRenderer, postMessage }
}

describe('the preload script', () => {
  let page: ReturnType<typeof runPreload>
  beforeEach(() => {
    page = runPreload()
  })

  it('shows the page one object, which reaches nothing but its own requests', () => {
    expect([...page.exposed.keys()]).toEqual(['filterscope'])
    expect(Object.keys(page.bridge).sort()).toEqual([
      'chooseRunsFolder',
      'onOpenPath',
      'openFileDialog',
      'openFolderDialog',
      'pathForFile',
      'platform',
      'rememberPath',
      'requestPort',
      'saveFileDialog',
      'setRunning',
    ])
  })

  it('hands the port on as a window message to the page alone', () => {
    page.bridge.requestPort()
    expect(page.ipcRenderer.send).toHaveBeenCalledExactlyOnceWith('requestPort')
    const port = { name: 'a port' }
    page.ipcRenderer.emit('port', { ports: [port] }, null)
    expect(page.postMessage).toHaveBeenCalledExactlyOnceWith('filterscope:port', 'app://workbench', [port])
  })

  it('gives the path of a dropped file', () => {
    expect(page.bridge.pathForFile({ fullPath: '/data/cat.png' } as unknown as File)).toBe('/data/cat.png')
  })

  it('passes dialogs through', async () => {
    page.ipcRenderer.invoke.mockResolvedValueOnce('/data')
    expect(await page.bridge.openFolderDialog()).toBe('/data')
    expect(page.ipcRenderer.invoke).toHaveBeenCalledExactlyOnceWith('openFolderDialog')
  })

  it('tells opened paths without the event behind them', () => {
    const listener = vi.fn()
    page.bridge.onOpenPath(listener)
    expect(page.ipcRenderer.send).toHaveBeenCalledExactlyOnceWith('listenForPaths')
    page.ipcRenderer.emit('openPath', { sender: 'secret' }, '/data/mnist')
    expect(listener).toHaveBeenCalledExactlyOnceWith('/data/mnist')
  })

  it('says whether a run goes on, and which path was opened', () => {
    page.bridge.setRunning(true)
    page.bridge.rememberPath('/data')
    expect(page.ipcRenderer.send.mock.calls).toEqual([
      ['setRunning', true],
      ['rememberPath', '/data'],
    ])
  })
})
