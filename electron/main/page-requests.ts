import { BrowserWindow, ipcMain } from 'electron'
import type { IpcMainEvent, IpcMainInvokeEvent } from 'electron'
import { z } from 'zod'
import { chooseFile, chooseFolder, chooseRunsFolder, chooseWhereToSave } from './files.ts'
import type { ShellText } from './text.ts'

export interface PageActions {
  /** Hands the page one end of a new line to the engine. */
  readonly requestPort: (window: BrowserWindow) => void
  /** The page hears of opened paths from now on. */
  readonly listenForPaths: (window: BrowserWindow) => void
  readonly rememberPath: (path: string) => void
  readonly setRunning: (isRunning: boolean) => void
}

const pathSchema = z.string().min(1).max(4096)
/** A name alone: where it goes is for the person to say. */
const fileNameSchema = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\\/]+$/)

/** Answers what the preload script asks, but only for a page that came from `origin`. */
export function answerPage(origin: string, text: ShellText, actions: PageActions): void {
  const windowOf = (event: IpcMainEvent | IpcMainInvokeEvent): BrowserWindow => {
    const window = BrowserWindow.fromWebContents(event.sender)
    if (window === null || !event.senderFrame?.url.startsWith(`${origin}/`)) {
      throw new Error(`A page that is not the application's own (${event.senderFrame?.url}) asked for its services.`)
    }
    return window
  }
  const hear = (name: string, listener: (window: BrowserWindow, parameter: unknown) => void) =>
    ipcMain.on(name, (event, parameter: unknown) => listener(windowOf(event), parameter))

  ipcMain.handle('openFileDialog', (event) => chooseFile(windowOf(event), text))
  ipcMain.handle('openFolderDialog', (event) => chooseFolder(windowOf(event), text))
  ipcMain.handle('chooseRunsFolder', (event) => chooseRunsFolder(windowOf(event), text))
  ipcMain.handle('saveFileDialog', (event, name) =>
    chooseWhereToSave(windowOf(event), text, fileNameSchema.parse(name)),
  )
  hear('requestPort', actions.requestPort)
  hear('listenForPaths', actions.listenForPaths)
  hear('rememberPath', (_window, path) => actions.rememberPath(pathSchema.parse(path)))
  hear('setRunning', (_window, isRunning) => actions.setRunning(z.boolean().parse(isRunning)))
}
