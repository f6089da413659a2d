import { contextBridge, ipcRenderer, webUtils } from 'electron'
import type { DesktopBridge } from './bridge.ts'
import { portMessage } from './bridge.ts'

const bridge: DesktopBridge = {
  platform: process.platform as DesktopBridge['platform'],
  requestPort: () => ipcRenderer.send('requestPort'),
  pathForFile: (file) => webUtils.getPathForFile(file),
  openFileDialog: () => ipcRenderer.invoke('openFileDialog') as Promise<string | undefined>,
  openFolderDialog: () => ipcRenderer.invoke('openFolderDialog') as Promise<string | undefined>,
  chooseRunsFolder: () => ipcRenderer.invoke('chooseRunsFolder') as Promise<string | undefined>,
  saveFileDialog: (suggestedName) => ipcRenderer.invoke('saveFileDialog', suggestedName) as Promise<string | undefined>,
  onOpenPath(listener) {
    ipcRenderer.on('openPath', (_event, path: string) => listener(path))
    ipcRenderer.send('listenForPaths')
  },
  rememberPath: (path) => ipcRenderer.send('rememberPath', path),
  setRunning: (isRunning) => ipcRenderer.send('setRunning', isRunning),
}

contextBridge.exposeInMainWorld('filterscope', bridge)
// The bridge copies what passes through it and cannot copy a port; only a window message can carry one.
ipcRenderer.on('port', (event) => window.postMessage(portMessage, location.origin, [...event.ports]))
