import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'

const program = resolve(import.meta.dirname, '../../resources/bin/dev.mjs')
const started: ChildProcess[] = []

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
})

/** Runs what `npm run dev` runs where there is no display. */
function startDevelopment() {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...inherited } = process.env
  const home = mkdtempSync(join(tmpdir(), 'filterscope-dev-'))
  const child = spawn(process.execPath, [program, '--root', home], {
    env: { ...inherited, HOME: home, XDG_CONFIG_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => (output += text))
  }
  const address = async () => {
    for (;;) {
      const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(output)
      if (found) return new URL(found[0])
      if (child.exitCode !== null) throw new Error(`It ended without an address: ${output}`)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return { child, address, ended: new Promise<number | null>((resolve) => child.on('close', resolve)) }
}

/** The status of an upgrade that is refused, or the first bytes that an open one brings. */
function channel({ host }: URL, headers: Record<string, string>): Promise<number | string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://${host}/channel`, { headers })
    socket.on('open', () => {
      socket.terminate()
      resolve('open')
    })
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0))
    socket.on('error', () => undefined)
  })
}

describe('npm run dev without a display', () => {
  it('serves the edited page beside the real engine, under the same rules of token and origin', async (context) => {
    if (process.platform !== 'linux') return context.skip('a missing display shows only on Linux')
    const { child, address, ended } = startDevelopment()
    const page = await address()
    const answer = await fetch(page)
    expect(await answer.text()).toContain('/@vite/client')
    const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? ''
    expect(cookie).toMatch(/^filterscope-\d+=/)
    expect((await fetch(new URL('/main.ts', page))).status).toBe(200)

    expect(await channel(page, { cookie, origin: page.origin })).toBe('open')
    expect(await channel(page, { origin: page.origin })).toBe(401)
    expect(await channel(page, { cookie, origin: 'http://elsewhere.example' })).toBe(403)
    expect((await fetch(new URL('/upload?name=a.png', page), { method: 'POST' })).status).toBe(401)
    const wrong = await fetch(new URL('/?token=wrong-token', page))
    expect(wrong.headers.get('set-cookie')).toBeNull()
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
  })
})
