import { basename } from 'node:path'
import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { ShellText } from './text.ts'

export interface MenuActions {
  readonly openFile: () => void
  readonly openFolder: () => void
  readonly openPath: (path: string) => void
}

/** Makes the application's menu; call it again when the recent paths have changed. */
export function setMenu(text: ShellText, recentPaths: readonly string[], actions: MenuActions): void {
  const isMac = process.platform === 'darwin'
  const recent: MenuItemConstructorOptions[] = recentPaths.map((path, index) => ({
    label: basename(path),
    sublabel: path,
    accelerator: `CmdOrCtrl+${index + 1}`,
    click: () => actions.openPath(path),
  }))
  const file: MenuItemConstructorOptions = {
    label: text.file,
    submenu: [
      { label: text.openFile, accelerator: 'CmdOrCtrl+O', click: actions.openFile },
      { label: text.openFolder, accelerator: 'CmdOrCtrl+Shift+O', click: actions.openFolder },
      { label: text.openRecent, submenu: recent, enabled: recent.length > 0 },
      { type: 'separator' },
      { role: isMac ? 'close' : 'quit' },
    ],
  }
  const view: MenuItemConstructorOptions = {
    label: text.view,
    submenu: [
      { role: 'reload', accelerator: 'F5' },
      { role: 'toggleDevTools' },
      { type: 'separator' },
      { role: 'resetZoom' },
      { role: 'zoomIn' },
      { role: 'zoomOut' },
      { type: 'separator' },
      { role: 'togglefullscreen' },
    ],
  }
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [{ role: 'appMenu' } as const] : []),
    file,
    { role: 'editMenu', label: text.edit },
    view,
    { role: 'windowMenu', label: text.window },
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}
