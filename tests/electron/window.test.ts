import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron } from 'playwright-core'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Path of Electron's program, or why there is none to start. */
function electronProgram(): { program: string } | { reason: string } {
  const folder = join(root, 'node_modules', 'electron')
  const pathFile = join(folder, 'path.txt')
  const program = existsSync(pathFile) ? join(folder, 'dist', readFileSync(pathFile, 'utf8')) : undefined
  if (!program || !existsSync(program)) return { reason: "Electron's binary is not on this machine" }
  const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
  return needsDisplay ? { reason: 'there is no display here' } : { program }
}

describe('the real window', () => {
  it('opens, is locked down and reaches its engine', async (context) => {
    const electron = electronProgram()
    if ('reason' in electron) return context.skip(electron.reason)
    const isRoot = process.platform === 'linux' && process.getuid?.() === 0
    const userData = mkdtempSync(join(tmpdir(), 'filterscope-electron-'))
    const app = await _electron.launch({
      executablePath: electron.program,
      args: [root, `--user-data-dir=${userData}`, ...(isRoot ? ['--no-sandbox'] : [])],
    })
    try {
      const page = await app.firstWindow()
      expect(await page.title()).toBe('Filterscope')
      expect(page.url()).toBe('app://workbench/index.html')
      expect(await page.evaluate(() => [typeof window.filterscope, 'require' in window, 'process' in window])).toEqual([
        'object',
        false,
        false,
      ])
      // The device chip is filled by the engine's answer.
      await page.getByText(/CPU/).first().waitFor({ timeout: 30_000 })
    } finally {
      await app.close()
    }
  })
})
