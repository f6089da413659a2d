/**
 * What the desktop shell puts on `window.filterscope`; undefined in a browser tab.
 * The line to the engine cannot pass through here, a MessagePort being no plain value: after `requestPort` it comes
 * as a 'message' event of the window whose `source` is the window itself, `data` is 'filterscope:port' and `ports[0]` the port.
 */
export interface DesktopBridge {
  readonly platform: 'darwin' | 'win32' | 'linux'
  /** Asks for a line to the engine; call it again whenever the last port has closed. */
  requestPort(): void
  /** The full path of a dropped or chosen file or folder, '' for one that is not on a disk. */
  pathForFile(file: File): string
  /** Native dialogs: the chosen path, or undefined where the person cancelled. */
  openFileDialog(): Promise<string | undefined>
  openFolderDialog(): Promise<string | undefined>
  chooseRunsFolder(): Promise<string | undefined>
  /** Where to save a file; asks itself before a file of that name is replaced. */
  saveFileDialog(suggestedName: string): Promise<string | undefined>
  /** Hears of paths opened from outside the page: the menu, the command line, a second start. Earlier ones are told at once. */
  onOpenPath(listener: (path: string) => void): void
  /** Puts a path that was opened first in the system's and the menu's list of recent ones. */
  rememberPath(path: string): void
  /** Says whether a run is going on: closing the window asks then. */
  setRunning(isRunning: boolean): void
}

export const portMessage = 'filterscope:port'

declare global {
  interface Window {
    readonly filterscope?: DesktopBridge
  }
}
