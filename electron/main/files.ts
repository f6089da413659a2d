import { dialog } from 'electron'
import type { BrowserWindow, OpenDialogOptions } from 'electron'
import type { ShellText } from './text.ts'

async function choose(window: BrowserWindow, options: OpenDialogOptions): Promise<string | undefined> {
  const { canceled, filePaths } = await dialog.showOpenDialog(window, options)
  return canceled ? undefined : filePaths[0]
}

export function chooseFile(window: BrowserWindow, text: ShellText): Promise<string | undefined> {
  return choose(window, {
    title: text.chooseFile,
    properties: ['openFile'],
    // IDX files have no name ending of their own, so all files come first.
    filters: [
      { name: text.allFiles, extensions: ['*'] },
      { name: text.models, extensions: ['onnx'] },
      { name: text.images, extensions: ['png', 'jpg', 'jpeg', 'webp', 'bmp', 'tif', 'tiff', 'gif'] },
    ],
  })
}

export function chooseFolder(window: BrowserWindow, text: ShellText): Promise<string | undefined> {
  return choose(window, { title: text.chooseFolder, properties: ['openDirectory'] })
}

/** Asks itself before a file of the chosen name is replaced. */
export async function chooseWhereToSave(
  window: BrowserWindow,
  text: ShellText,
  suggestedName: string,
): Promise<string | undefined> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: text.chooseWhereToSave,
    defaultPath: suggestedName,
    properties: ['createDirectory', 'showOverwriteConfirmation'],
  })
  return canceled || filePath === '' ? undefined : filePath
}

export function chooseRunsFolder(window: BrowserWindow, text: ShellText): Promise<string | undefined> {
  return choose(window, { title: text.chooseRunsFolder, properties: ['openDirectory', 'createDirectory'] })
}
