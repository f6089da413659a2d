import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { vi } from 'vitest'
import type * as Electron from './stand-in/electron.ts'

const builtMain = resolve(import.meta.dirname, '../../out/main/index.js')

export interface ShellOptions {
  /** What the machine is like before the shell starts. */
  readonly prepare?: (electron: typeof Electron) => void
  readonly commandLine?: readonly string[]
  readonly userData?: string
}

/** Starts the built main script on a fresh stand-in of Electron. */
export async function startShell({ prepare, commandLine = [], userData }: ShellOptions = {}) {
  vi.resetModules()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(signal)
  const electron = await import('./stand-in/electron.ts')
  electron.app.userData = userData ?? mkdtempSync(join(tmpdir(), 'filterscope-shell-'))
  prepare?.(electron)
  process.argv = ['electron', '.', ...commandLine]
  await import(/* @vite-ignore */ builtMain)
  await settle()
  const window = electron.BrowserWindow.all[0]
  return { ...electron, window: window as NonNullable<typeof window> }
}

export type Shell = Awaited<ReturnType<typeof startShell>>

/** Lets everything that is already resolved run. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20))
}

/** What the preload script sends for the page of the shell's window. */
export function fromPage(shell: Shell, channel: string, parameter?: unknown): void {
  shell.ipcMain.emit(channel, pageEvent(shell), parameter)
}

export function askFromPage(shell: Shell, channel: string, parameter?: unknown): unknown {
  return shell.ipcMain.handlers.get(channel)?.(pageEvent(shell), parameter)
}

function pageEvent({ window }: Shell) {
  return { sender: window.webContents, senderFrame: { url: window.webContents.url } }
}
