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

export function chooseRunsFolder(window: BrowserWindow, text: ShellText): Promise<string | undefined> {
  return choose(window, { title: text.chooseRunsFolder, properties: ['openDirectory', 'createDirectory'] })
}
