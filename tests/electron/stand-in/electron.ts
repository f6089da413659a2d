/**
 * The part of Electron's API that the shell uses, without Electron: it records what is asked of it
 * and lets a test play the person, the page and the operating system.
 */
import { EventEmitter } from 'node:events'
import { StandInChannel, type StandInPort } from './message-port.ts'
import { StandInProcess } from './utility-process.ts'

interface PagePost {
  readonly channel: string
  readonly message: unknown
  readonly ports: readonly StandInPort[]
}

class WebContents extends EventEmitter {
  readonly posted: PagePost[] = []
  url = ''
  windowOpenHandler: ((details: { url: string }) => { action: string }) | undefined

  send(channel: string, message: unknown): void {
    this.posted.push({ channel, message, ports: [] })
  }

  postMessage(channel: string, message: unknown, ports: readonly StandInPort[] = []): void {
    this.posted.push({ channel, message, ports })
  }

  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.windowOpenHandler = handler
  }

  getURL(): string {
    return this.url
  }
}

export class BrowserWindow extends EventEmitter {
  static readonly all: BrowserWindow[] = []
  readonly webContents = new WebContents()
  readonly calls: string[] = []
  isGone = false
  minimized = false
  maximized = false

  readonly options: Record<string, unknown>

  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    BrowserWindow.all.push(this)
    app.emit('web-contents-created', {}, this.webContents)
  }

  static fromWebContents(contents: WebContents): BrowserWindow | null {
    return BrowserWindow.all.find((window) => window.webContents === contents) ?? null
  }

  loadURL(url: string): Promise<void> {
    this.webContents.url = url
    return Promise.resolve()
  }

  show(): void {
    this.calls.push('show')
  }

  focus(): void {
    this.calls.push('focus')
  }

  reload(): void {
    this.calls.push('reload')
  }

  restore(): void {
    this.calls.push('restore')
  }

  maximize(): void {
    this.maximized = true
  }

  isMinimized(): boolean {
    return this.minimized
  }

  isMaximized(): boolean {
    return this.maximized
  }

  getNormalBounds(): object {
    return { x: 40, y: 30, width: 1200, height: 800 }
  }

  /** The person closes the window. */
  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (!prevented) this.destroy()
  }

  destroy(): void {
    if (this.isGone) return
    this.isGone = true
    if (BrowserWindow.all.every((window) => window.isGone)) app.emit('window-all-closed')
  }
}

class App extends EventEmitter {
  isPackaged = false
  userData = ''
  hasLock = true
  lockData: unknown
  quits = 0
  sandboxEnabled = false
  readonly recentDocuments: string[] = []

  getPath(name: string): string {
    if (name !== 'userData') throw new Error(`The shell asked for the folder ${name}, which it has no need for.`)
    return this.userData
  }

  getVersion(): string {
    return '0.0.0-test'
  }

  getLocale(): string {
    return 'en-GB'
  }

  requestSingleInstanceLock(data: unknown): boolean {
    this.lockData = data
    return this.hasLock
  }

  enableSandbox(): void {
    this.sandboxEnabled = true
  }

  whenReady(): Promise<void> {
    return Promise.resolve()
  }

  addRecentDocument(path: string): void {
    this.recentDocuments.push(path)
  }

  quit(): void {
    this.quits++
    this.emit('will-quit')
  }
}

export const app = new App()

class IpcMain extends EventEmitter {
  readonly handlers = new Map<string, (event: unknown, parameter?: unknown) => unknown>()

  handle(name: string, handler: (event: unknown, parameter?: unknown) => unknown): void {
    this.handlers.set(name, handler)
  }
}

export const ipcMain = new IpcMain()

export const dialog = {
  /** What the person answers, in order. */
  answers: [] as { response?: number; canceled?: boolean; filePaths?: string[]; filePath?: string }[],
  shown: [] as { message?: string; buttons?: string[]; properties?: string[]; defaultPath?: string }[],
  errors: [] as string[],
  showMessageBox(_window: unknown, options: { message: string; buttons: string[] }) {
    this.shown.push(options)
    return Promise.resolve(this.answers.shift())
  },
  showOpenDialog(_window: unknown, options: { properties: string[] }) {
    this.shown.push(options)
    return Promise.resolve(this.answers.shift())
  },
  showSaveDialog(_window: unknown, options: { defaultPath: string; properties: string[] }) {
    this.shown.push(options)
    return Promise.resolve(this.answers.shift())
  },
  showErrorBox(_title: string, content: string) {
    this.errors.push(content)
  },
}

type Template = { label?: string; accelerator?: string; click?: () => void; submenu?: Template }[]

export const Menu = {
  template: [] as Template,
  buildFromTemplate: (template: Template) => template,
  setApplicationMenu(template: Template) {
    this.template = template
  },
}

export const nativeTheme = { shouldUseDarkColors: false }

export const screen = {
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  getAllDisplays() {
    return this.displays
  },
}

export const protocol = {
  privileges: [] as { scheme: string; privileges: Record<string, boolean> }[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  registerSchemesAsPrivileged(schemes: { scheme: string; privileges: Record<string, boolean> }[]) {
    this.privileges.push(...schemes)
  },
  handle(scheme: string, handler: (request: Request) => Promise<Response>) {
    this.handlers.set(scheme, handler)
  },
}

type PermissionRequest = (contents: unknown, permission: string, answer: (granted: boolean) => void) => void

export const session = {
  defaultSession: {
    permissionRequest: undefined as PermissionRequest | undefined,
    permissionCheck: undefined as ((contents: unknown, permission: string) => boolean) | undefined,
    deviceCheck: undefined as (() => boolean) | undefined,
    setPermissionRequestHandler(handler: PermissionRequest) {
      this.permissionRequest = handler
    },
    setPermissionCheckHandler(handler: (contents: unknown, permission: string) => boolean) {
      this.permissionCheck = handler
    },
    setDevicePermissionHandler(handler: () => boolean) {
      this.deviceCheck = handler
    },
  },
}

export const utilityProcess = {
  forked: [] as StandInProcess[],
  /** Where set, the program really runs, as a thread of this process. */
  runsPrograms: false,
  fork(file: string, parameters: string[]) {
    const child = new StandInProcess(file, parameters, this.runsPrograms)
    this.forked.push(child)
    return child
  },
}

export const MessageChannelMain = StandInChannel
