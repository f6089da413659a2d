import { spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'

const program = resolve(import.meta.dirname, '../../resources/bin/start.mjs')
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Runs what `npm start` runs; with nothing on its path it finds no browser to open. */
function start(environment: Record<string, string>) {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env
  const home = mkdtempSync(join(tmpdir(), 'filterscope-start-'))
  const child = spawn(process.execPath, [program, '--port', '0'], {
    env: { ...inherited, HOME: home, XDG_CONFIG_HOME: home, PATH: home, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => (output += text))
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  const address = async () => {
    for (;;) {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(output)
      if (found) return found[0]
      if (child.exitCode !== null) throw new Error(`It ended without an address: ${output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { child, address, ended, output: () => output }
}

/** A program in Electron's place. */
function standInForElectron(script: string): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'filterscope-electron-'))
  writeFileSync(join(folder, 'electron'), `#!${process.execPath}\n${script}`)
  chmodSync(join(folder, 'electron'), 0o755)
  return { ELECTRON_OVERRIDE_DIST_PATH: folder, DISPLAY: ':7' }
}

const isWindows = process.platform === 'win32'
const isRoot = process.getuid?.() === 0

describe('npm start', () => {
  it('says that there is no display, serves the workbench and ends with Ctrl+C', async (context) => {
    if (process.platform !== 'linux') return context.skip('a missing display shows only on Linux')
    const { child, address, ended, output } = start({})
    const page = await fetch(await address())
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<div id="app">')
    expect(output()).toContain('There is no display here, so the workbench is served to a browser instead.')
    child.kill('SIGINT')
    expect(await ended).toBe(0)
  })

  it('ends with the window, without an address', async (context) => {
    if (isWindows || isRoot) return context.skip('Electron is not started as root, nor from a script on Windows')
    const { ended, output } = start(standInForElectron('process.send({ kind: "windowShown" }, () => process.exit(3))'))
    expect(await ended).toBe(0)
    expect(output()).not.toContain('http')
  })

  it('serves the workbench where Electron ends before its window is shown', async (context) => {
    if (isWindows || isRoot) return context.skip('Electron is not started as root, nor from a script on Windows')
    const { address, output } = start(standInForElectron('process.exit(7)'))
    expect((await fetch(await address())).status).toBe(200)
    expect(output()).toContain('Electron ended (exit code 7) before it could show a window')
  })
})
