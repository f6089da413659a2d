import { join } from 'node:path'
import { app, dialog, protocol, session } from 'electron'
import type { BrowserWindow } from 'electron'
import { contentOrigin, contentScheme, serveContent } from './content.ts'
import { EngineProcesses } from './engine-process.ts'
import { chooseFile, chooseFolder } from './files.ts'
import { denyPermissions, forbidNavigation } from './lock-down.ts'
import { setMenu } from './menu.ts'
import { pathArguments } from './open-paths.ts'
import { answerPage } from './page-requests.ts'
import { SettingsFile } from './settings.ts'
import { shellText } from './text.ts'
import type { ShellText } from './text.ts'
import { boundsOf, createWindow } from './window.ts'

/** The development server's address where `npm run dev` runs one. */
const developmentUrl = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL

/** What a second start tells the first before it ends. */
interface StartData {
  readonly paths: readonly string[]
}

/** The application from its start to its end: one window and the engine behind it. */
export class FilterscopeApp {
  readonly #mainFolder: string
  readonly #settings: SettingsFile
  readonly #text: ShellText
  readonly #engine: EngineProcesses
  #window: BrowserWindow
  #isRunning = false
  #isAsking = false
  #isListening = false
  #waitingPaths: string[]

  /** Opens the window; Electron must be ready. `mainFolder` is the folder of the built main script. */
  constructor(mainFolder: string, paths: readonly string[]) {
    this.#mainFolder = mainFolder
    this.#waitingPaths = [...paths]
    this.#settings = new SettingsFile(join(app.getPath('userData'), 'settings.json'))
    this.#text = shellText(app.getLocale())
    this.#engine = new EngineProcesses({
      folder: mainFolder,
      version: app.getVersion(),
      onGivenUp: (reason) => dialog.showErrorBox(this.#text.engineEnded, reason),
    })
    answerPage(developmentUrl === undefined ? contentOrigin : new URL(developmentUrl).origin, this.#text, {
      requestPort: (window) => window.webContents.postMessage('port', null, [this.#engine.openLine()]),
      listenForPaths: () => this.#tellWaitingPaths(),
      rememberPath: (path) => this.#rememberPath(path),
      setRunning: (isRunning) => (this.#isRunning = isRunning),
    })
    this.#setMenu()
    this.#window = this.#openWindow()
  }

  /** Brings the window to the front and opens what a second start was given. */
  show(paths: readonly string[]): void {
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.focus()
    for (const path of paths) this.openPath(path)
  }

  /** Opens a path in the page, as soon as it listens. */
  openPath(path: string): void {
    this.#waitingPaths.push(path)
    if (this.#isListening) this.#tellWaitingPaths()
  }

  /** Saves the run being trained, if there is one, and ends the application without asking. */
  async saveAndQuit(): Promise<void> {
    await this.#engine.close()
    this.#window.destroy()
  }

  endEngine(): void {
    this.#engine.kill()
  }

  #openWindow(): BrowserWindow {
    const window = createWindow(join(this.#mainFolder, '..', 'preload', 'index.cjs'), this.#settings.current.bounds)
    window.on('close', (event) => {
      this.#settings.setBounds(boundsOf(window))
      if (!this.#isRunning) return
      event.preventDefault()
      if (!this.#isAsking) void this.#askBeforeClosing(window)
    })
    window.webContents.on('did-start-loading', () => {
      // A reloaded page has forgotten that it listened.
      this.#isListening = false
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason !== 'clean-exit') void this.#askAfterPageEnded(window)
    })
    void window.loadURL(developmentUrl ?? `${contentOrigin}/index.html`)
    return window
  }

  async #askBeforeClosing(window: BrowserWindow): Promise<void> {
    this.#isAsking = true
    const { runGoesOn, runGoesOnDetail, saveAndClose, closeOnly, cancel } = this.#text
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: runGoesOn,
      detail: runGoesOnDetail,
      buttons: [saveAndClose, closeOnly, cancel],
      defaultId: 0,
      cancelId: 2,
    })
    this.#isAsking = false
    if (response === 0) await this.saveAndQuit()
    else if (response === 1) window.destroy()
  }

  async #askAfterPageEnded(window: BrowserWindow): Promise<void> {
    const { pageEnded, pageEndedDetail, reload, quit } = this.#text
    const { response } = await dialog.showMessageBox(window, {
      type: 'error',
      message: pageEnded,
      detail: pageEndedDetail,
      buttons: [reload, quit],
      defaultId: 0,
      cancelId: 0,
    })
    if (response === 0) window.reload()
    else await this.saveAndQuit()
  }

  #tellWaitingPaths(): void {
    this.#isListening = true
    for (const path of this.#waitingPaths.splice(0)) this.#window.webContents.send('openPath', path)
  }

  #rememberPath(path: string): void {
    this.#settings.rememberPath(path)
    app.addRecentDocument(path)
    this.#setMenu()
  }

  #setMenu(): void {
    const openChosen = async (choose: typeof chooseFile) => {
      const path = await choose(this.#window, this.#text)
      if (path !== undefined) this.openPath(path)
    }
    setMenu(this.#text, this.#settings.current.recentPaths, {
      openFile: () => void openChosen(chooseFile),
      openFolder: () => void openChosen(chooseFolder),
      openPath: (path) => this.openPath(path),
    })
  }
}

/** Starts the application, or shows the one that already runs and ends. */
export async function startApp(mainFolder: string): Promise<void> {
  const paths = pathArguments(process.argv, app.isPackaged, process.cwd())
  if (!app.requestSingleInstanceLock({ paths } satisfies StartData)) {
    app.quit()
    return
  }
  let running: FilterscopeApp | undefined
  app.enableSandbox()
  protocol.registerSchemesAsPrivileged([
    { scheme: contentScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ])
  app.on('web-contents-created', (_event, contents) => forbidNavigation(contents))
  app.on('second-instance', (_event, _commandLine, _folder, data) => running?.show((data as StartData).paths))
  app.on('open-file', (event, path) => {
    event.preventDefault()
    if (running) running.openPath(path)
    else paths.push(path)
  })
  app.on('window-all-closed', () => app.quit())
  app.on('will-quit', () => running?.endEngine())
  // From a terminal there is nobody to ask: what can be saved is saved.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => void (running ? running.saveAndQuit() : app.quit()))
  }

  await app.whenReady()
  denyPermissions(session.defaultSession)
  protocol.handle(contentScheme, serveContent(join(mainFolder, '..', 'renderer')))
  running = new FilterscopeApp(mainFolder, paths)
}
