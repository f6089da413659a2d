import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const LATER = { timeout: 60_000 }

let workbench: OpenedWorkbench
let page: Page
let cacheFolder: string

beforeAll(async () => {
  // Where systems have such a folder by this name, nothing is kept in it from before, so that speed is measured here.
  cacheFolder = await mkdtemp(join(tmpdir(), 'filterscope-cache-'))
  vi.stubEnv('XDG_CACHE_HOME', cacheFolder)
  workbench = await openWorkbench({ reducedMotion: 'reduce' })
  page = workbench.page
  await page.getByText('1,530 pictures').waitFor(LATER)
  await page.keyboard.press('2')
})

afterAll(async () => {
  await workbench?.close()
  vi.unstubAllEnvs()
  await rm(cacheFolder, { recursive: true })
})

/** The milliseconds of "about 12 ms a step of 32 pictures", for so many pictures. */
async function estimateFor(pictures: number): Promise<number> {
  const line = page.getByText(new RegExp(`^about .* a step of ${pictures} pictures on the CPU$`))
  await line.waitFor(LATER)
  const [, value, unit] = /about ([\d.,]+) (ms|sec)/.exec(await line.innerText()) ?? []
  return Number(value?.replaceAll(',', '')) * (unit === 'sec' ? 1000 : 1)
}

it('tells below the layers how long a training step will take, and longer for more pictures', async () => {
  const size = page.getByLabel('Batch size', { exact: true })
  await size.fill('16')
  await size.press('Enter')
  const short = await estimateFor(16)
  expect(short).toBeGreaterThan(0)
  await size.fill('128')
  await size.press('Enter')
  expect(await estimateFor(128)).toBeGreaterThan(2 * short)
})

it('tells the same below the selected layer of the graph, and longer for a larger network', async () => {
  const small = await estimateFor(128)
  await page.locator('header').getByText('Graph', { exact: true }).click()
  expect(await estimateFor(128)).toBe(small)
  await page
    .getByRole('list', { name: 'Networks to start from' })
    .getByRole('button', { name: /^ResNet-20/ })
    .click()
  await expect.poll(() => estimateFor(128), LATER).toBeGreaterThan(3 * small)
  expect(workbench.faults).toEqual([])
})
