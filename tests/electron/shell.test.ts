import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { askFromPage, fromPage, settle, startShell } from './start-shell.ts'

const killed: number[] = []

beforeEach(() => {
  killed.length = 0
  vi.spyOn(process, 'kill').mockImplementation((pid) => {
    killed.push(pid)
    return true
  })
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
})

describe('the window', () => {
  it('has a sandboxed, isolated page without Node', async () => {
    const { window, app } = await startShell()
    expect(app.sandboxEnabled).toBe(true)
    expect(window.options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
    })
    expect(window.webContents.url).toBe('app://workbench/index.html')
  })

  it('is shown once it has something to show', async () => {
    const { window } = await startShell()
    expect(window.calls).not.toContain('show')
    window.emit('ready-to-show')
    expect(window.calls).toContain('show')
  })

  it('leaves for no other address and opens no other window', async () => {
    const { window } = await startShell()
    const preventDefault = vi.fn()
    window.webContents.emit('will-navigate', { url: 'https://example.org/', preventDefault })
    window.webContents.emit('will-frame-navigate', { isMainFrame: false, preventDefault })
    window.webContents.emit('will-attach-webview', { preventDefault })
    expect(preventDefault).toHaveBeenCalledTimes(3)
    expect(window.webContents.windowOpenHandler?.({ url: 'https://example.org/' })).toEqual({ action: 'deny' })
  })

  it('may reload itself', async () => {
    const { window } = await startShell()
    const preventDefault = vi.fn()
    window.webContents.emit('will-navigate', { url: window.webContents.url, preventDefault })
    expect(preventDefault).not.toHaveBeenCalled()
  })

  it('is granted no permission', async () => {
    const { session } = await startShell()
    const answer = vi.fn()
    session.defaultSession.permissionRequest?.({}, 'media', answer)
    expect(answer).toHaveBeenCalledExactlyOnceWith(false)
    expect(session.defaultSession.permissionCheck?.({}, 'media')).toBe(false)
    expect(session.defaultSession.deviceCheck?.()).toBe(false)
  })

  it('offers to reload a page that crashed', async () => {
    const { window, dialog } = await startShell({ prepare: ({ dialog }) => dialog.answers.push({ response: 0 }) })
    window.webContents.emit('render-process-gone', {}, { reason: 'crashed' })
    await settle()
    expect(dialog.shown).toHaveLength(1)
    expect(window.calls).toContain('reload')
  })
})

describe('the content', () => {
  async function fetchContent(url: string) {
    const { protocol } = await startShell()
    const handler = protocol.handlers.get('app')
    return handler?.({ url } as Request) as Promise<Response>
  }

  it('comes from the application alone, with a strict policy', async () => {
    const response = await fetchContent('app://workbench/index.html')
    expect(response.status).toBe(200)
    expect(await response.text()).toContain('id="app"')
    const policy = response.headers.get('Content-Security-Policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self';")
    expect(policy).not.toContain('unsafe-eval')
    expect(policy).not.toMatch(/script-src[^;]*unsafe-inline/)
    expect(policy).not.toContain('http')
  })

  it.each([
    ['a file outside the page', 'app://workbench/..%2Fmain%2Findex.js'],
    ['a file outside the page, backslashed', 'app://workbench/..%5Cmain%5Cindex.js'],
    ['another host', 'app://elsewhere/index.html'],
    ['a file that is not there', 'app://workbench/missing.js'],
    ['a folder', 'app://workbench/assets'],
  ])('is 404 for %s', async (_name, url) => {
    expect((await fetchContent(url)).status).toBe(404)
  })
})

describe('what the page may ask', () => {
  it('answers with the chosen path, or nothing where the person cancelled', async () => {
    const shell = await startShell({
      prepare: ({ dialog }) =>
        dialog.answers.push({ canceled: false, filePaths: ['/data/cats'] }, { canceled: true, filePaths: [] }),
    })
    expect(await askFromPage(shell, 'openFolderDialog')).toBe('/data/cats')
    expect(await askFromPage(shell, 'openFileDialog')).toBeUndefined()
    expect(shell.dialog.shown.map(({ properties }) => properties)).toEqual([['openDirectory'], ['openFile']])
  })

  it('answers with where to save a file of a name that is no path', async () => {
    const shell = await startShell({
      prepare: ({ dialog }) =>
        dialog.answers.push({ canceled: false, filePath: '/data/small.onnx' }, { canceled: true, filePath: '' }),
    })
    expect(await askFromPage(shell, 'saveFileDialog', 'small.onnx')).toBe('/data/small.onnx')
    expect(await askFromPage(shell, 'saveFileDialog', 'small.onnx')).toBeUndefined()
    expect(shell.dialog.shown[0]).toMatchObject({
      defaultPath: 'small.onnx',
      properties: ['createDirectory', 'showOverwriteConfirmation'],
    })
    expect(() => askFromPage(shell, 'saveFileDialog', '/etc/passwd')).toThrow()
  })

  it('is refused to a page from elsewhere', async () => {
    const { ipcMain, window, utilityProcess } = await startShell()
    const foreign = { sender: window.webContents, senderFrame: { url: 'https://example.org/app://workbench/' } }
    expect(() => ipcMain.emit('requestPort', foreign)).toThrow('example.org')
    expect(() => ipcMain.handlers.get('openFileDialog')?.(foreign)).toThrow('example.org')
    expect(utilityProcess.forked[0]?.posted).toEqual([])
  })

  it('is checked', async () => {
    const shell = await startShell()
    expect(() => fromPage(shell, 'rememberPath', 12)).toThrow()
    expect(() => fromPage(shell, 'setRunning', 'yes')).toThrow()
  })
})

describe('a second start', () => {
  it('ends at once and opens nothing', async () => {
    const { app, window, utilityProcess } = await startShell({ prepare: ({ app }) => (app.hasLock = false) })
    expect(app.quits).toBe(1)
    expect(window).toBeUndefined()
    expect(utilityProcess.forked).toEqual([])
  })

  it('tells the first which paths it was given', async () => {
    const { app } = await startShell({
      commandLine: ['--enable-features=X', import.meta.filename, '/no/such/path'],
      prepare: ({ app }) => (app.hasLock = false),
    })
    expect(app.lockData).toEqual({ paths: [import.meta.filename] })
  })

  it('brings the first to the front, which opens its paths', async () => {
    const shell = await startShell()
    fromPage(shell, 'listenForPaths')
    shell.window.minimized = true
    shell.app.emit('second-instance', {}, [], '/', { paths: ['/data/mnist'] })
    expect(shell.window.calls).toEqual(['restore', 'focus'])
    expect(shell.window.webContents.posted).toEqual([{ channel: 'openPath', message: '/data/mnist', ports: [] }])
  })
})

describe('opened paths', () => {
  it('wait until the page listens, and again after it was reloaded', async () => {
    const shell = await startShell({ commandLine: [import.meta.dirname] })
    const { posted } = shell.window.webContents
    expect(posted).toEqual([])
    fromPage(shell, 'listenForPaths')
    expect(posted.map(({ message }) => message)).toEqual([import.meta.dirname])
    shell.window.webContents.emit('did-start-loading')
    shell.app.emit('open-file', { preventDefault: () => undefined }, '/data/late')
    expect(posted).toHaveLength(1)
    fromPage(shell, 'listenForPaths')
    expect(posted.map(({ message }) => message)).toEqual([import.meta.dirname, '/data/late'])
  })

  it('that were remembered are in the menu with a key and open from there', async () => {
    const shell = await startShell()
    fromPage(shell, 'rememberPath', '/data/first')
    fromPage(shell, 'rememberPath', '/data/second')
    fromPage(shell, 'listenForPaths')
    const recent = shell.Menu.template.flatMap(({ submenu }) => submenu ?? []).find(({ submenu }) => submenu)?.submenu
    expect(recent?.map(({ label, accelerator }) => [label, accelerator])).toEqual([
      ['second', 'CmdOrCtrl+1'],
      ['first', 'CmdOrCtrl+2'],
    ])
    recent?.[1]?.click?.()
    expect(shell.window.webContents.posted.map(({ message }) => message)).toEqual(['/data/first'])
    expect(shell.app.recentDocuments).toEqual(['/data/first', '/data/second'])
  })
})

describe('the settings', () => {
  it('bring the window back to its place and the recent paths back to the menu', async () => {
    const first = await startShell()
    fromPage(first, 'rememberPath', '/data/kept')
    first.window.maximized = true
    first.window.close()
    const second = await startShell({ userData: first.app.userData })
    expect(second.window.options).toMatchObject({ x: 40, y: 30, width: 1200, height: 800 })
    expect(second.window.maximized).toBe(true)
    expect(JSON.stringify(second.Menu.template)).toContain('/data/kept')
    expect(readdirSync(first.app.userData)).toEqual(['settings.json'])
  })

  it('do not bring the window back to a display that is gone', async () => {
    const { app, window } = await startShell()
    window.close()
    const second = await startShell({
      userData: app.userData,
      prepare: ({ screen }) => (screen.displays = [{ workArea: { x: 5000, y: 0, width: 800, height: 600 } }]),
    })
    expect(second.window.options).not.toHaveProperty('x')
  })

  it.each([
    ['is no JSON', '{"bounds": {"x": 1'],
    ['holds something else', '{"bounds": {"x": "left"}, "recentPaths": 7}'],
  ])('begin anew where the file %s, which is kept aside', async (_name, content) => {
    const userData = mkdtempSync(join(tmpdir(), 'filterscope-shell-'))
    writeFileSync(join(userData, 'settings.json'), content)
    const { window } = await startShell({ userData })
    expect(window.options).toMatchObject({ width: 1440, height: 900 })
    expect(readFileSync(join(userData, 'settings.json.unreadable'), 'utf8')).toBe(content)
    window.close()
    expect(JSON.parse(readFileSync(join(userData, 'settings.json'), 'utf8'))).toHaveProperty('bounds')
  })
})

describe('the engine processes', () => {
  it('begin with the host, which hears the version', async () => {
    const { utilityProcess } = await startShell()
    expect(utilityProcess.forked.map(({ file }) => basename(file))).toEqual(['engine-host.js'])
    expect(utilityProcess.forked[0]?.parameters).toEqual(['0.0.0-test'])
  })

  it('give each line of a window one end to the host and one to the page', async () => {
    const shell = await startShell()
    fromPage(shell, 'requestPort')
    const [hostEnd] = shell.utilityProcess.forked[0]?.posted ?? []
    const [pageEnd] = shell.window.webContents.posted
    expect(hostEnd?.message).toEqual({ kind: 'window' })
    expect(pageEnd).toMatchObject({ channel: 'port', message: null })
    const arrived = new Promise((resolve) => hostEnd?.ports[0]?.port.once('message', resolve))
    pageEnd?.ports[0]?.port.postMessage('from the page')
    expect(await arrived).toBe('from the page')
  })

  it('are started when the host asks, with a line straight to it', async () => {
    const { utilityProcess } = await startShell()
    const [host] = utilityProcess.forked
    host?.emit('message', { kind: 'spawn', processId: 7, processKind: 'trainer' })
    const trainer = utilityProcess.forked[1]
    expect(trainer?.file).toMatch(/trainer\.js$/)
    expect(host?.posted[0]?.message).toEqual({ kind: 'processPort', processId: 7 })
    const arrived = new Promise((resolve) => host?.posted[0]?.ports[0]?.port.once('message', resolve))
    trainer?.posted[0]?.ports[0]?.port.postMessage('from the trainer')
    expect(await arrived).toBe('from the trainer')
  })

  it('tell the host of their end, and end when it says so', async () => {
    const { utilityProcess } = await startShell()
    const [host] = utilityProcess.forked
    host?.emit('message', { kind: 'spawn', processId: 1, processKind: 'trainer' })
    host?.emit('message', { kind: 'spawn', processId: 2, processKind: 'inspector' })
    const [, trainer, inspector] = utilityProcess.forked
    host?.emit('message', { kind: 'kill', processId: 2 })
    expect(killed).toEqual([inspector?.pid])
    trainer?.die(139)
    expect(host?.posted.at(-1)?.message).toEqual({ kind: 'processExited', processId: 1, code: 139 })
  })

  it('end also where the host wants that before they have begun', async () => {
    const { utilityProcess } = await startShell()
    const [host] = utilityProcess.forked
    host?.emit('message', { kind: 'spawn', processId: 1, processKind: 'trainer' })
    const trainer = utilityProcess.forked[1] as NonNullable<(typeof utilityProcess.forked)[1]>
    trainer.pid = undefined
    host?.emit('message', { kind: 'kill', processId: 1 })
    expect(killed).toEqual([])
    trainer.pid = 4711
    trainer.emit('spawn')
    expect(killed).toEqual([4711])
  })

  it('may run out of memory without taking the shell along', async () => {
    const { utilityProcess, window } = await startShell()
    utilityProcess.forked[0]?.emit('error', 'FatalError', 'v8::Heap', '{}')
    expect(window.isGone).toBe(false)
  })

  it('refuse what the host must not ask', async () => {
    const { utilityProcess } = await startShell()
    const ask = () => utilityProcess.forked[0]?.emit('message', { kind: 'spawn', processId: 1, processKind: '../x' })
    expect(ask).toThrow()
    expect(utilityProcess.forked).toHaveLength(1)
  })

  it('survive the death of the host: it is started again and gets the next line', async () => {
    const shell = await startShell()
    const { utilityProcess, window } = shell
    utilityProcess.forked[0]?.emit('message', { kind: 'spawn', processId: 1, processKind: 'trainer' })
    const trainer = utilityProcess.forked[1]
    utilityProcess.forked[0]?.die(134)
    expect(killed).toEqual([trainer?.pid])
    const next = utilityProcess.forked[2]
    expect(next?.file).toMatch(/engine-host\.js$/)
    fromPage(shell, 'requestPort')
    expect(next?.posted.map(({ message }) => message.kind)).toEqual(['window'])
    trainer?.die(137)
    expect(next?.posted).toHaveLength(1)
    expect(window.isGone).toBe(false)
  })

  it('are given up with a sentence where the host dies at every start', async () => {
    const { utilityProcess, dialog } = await startShell()
    for (let start = 0; start < 10; start++) utilityProcess.forked[start]?.die(1)
    expect(utilityProcess.forked).toHaveLength(4)
    expect(dialog.errors).toHaveLength(1)
    expect(dialog.errors[0]).toContain('exit code 1')
  })
})

describe('closing', () => {
  const [save, close, cancel] = [0, 1, 2]

  it('asks nothing without a run, and ends the engine', async () => {
    const { window, app, dialog, utilityProcess } = await startShell()
    window.close()
    expect(dialog.shown).toEqual([])
    expect(app.quits).toBe(1)
    expect(killed).toEqual([utilityProcess.forked[0]?.pid])
  })

  it('during a run stays open where the person cancels, asking once at a time', async () => {
    const shell = await startShell({ prepare: ({ dialog }) => dialog.answers.push({ response: cancel }) })
    fromPage(shell, 'setRunning', true)
    shell.window.close()
    shell.window.close()
    await settle()
    expect(shell.dialog.shown).toHaveLength(1)
    expect(shell.window.isGone).toBe(false)
  })

  it('during a run lets the host write a checkpoint first', async () => {
    const shell = await startShell({ prepare: ({ dialog }) => dialog.answers.push({ response: save }) })
    const [host] = shell.utilityProcess.forked
    fromPage(shell, 'setRunning', true)
    shell.window.close()
    await settle()
    expect(host?.posted.map(({ message }) => message)).toEqual([{ kind: 'close' }])
    expect(shell.window.isGone).toBe(false)
    expect(killed).toEqual([])
    host?.emit('message', { kind: 'closed' })
    await settle()
    expect(shell.window.isGone).toBe(true)
    expect(killed).toContain(host?.pid)
  })

  it('during a run ends at once where the person wants that', async () => {
    const shell = await startShell({ prepare: ({ dialog }) => dialog.answers.push({ response: close }) })
    fromPage(shell, 'setRunning', true)
    shell.window.close()
    await settle()
    expect(shell.window.isGone).toBe(true)
    expect(shell.utilityProcess.forked[0]?.posted).toEqual([])
  })

  it('asks nothing any more when the run is over', async () => {
    const shell = await startShell()
    fromPage(shell, 'setRunning', true)
    fromPage(shell, 'setRunning', false)
    shell.window.close()
    expect(shell.window.isGone).toBe(true)
  })
})
