import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsInBothThemes } from './axe-violations.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ reducedMotion: 'reduce' })
  page = workbench.page
  page.setDefaultTimeout(15_000)
  await page.getByText('1,530 pictures').waitFor({ timeout: 60_000 })
  await page.keyboard.press('2')
})

afterAll(() => workbench?.close())

const preset = (name: string) =>
  page.getByRole('list', { name: 'Networks to start from' }).getByRole('button', { name })
const summary = () => page.getByText('2 auxiliary heads', { exact: true })
const heading = (name: string) => page.getByRole('heading', { name, exact: true })

/** Opens the sample anew with pictures so large. */
async function takeSize(size: number): Promise<void> {
  await page.keyboard.press('1')
  const field = page.getByLabel('Size', { exact: true })
  await field.fill(String(size))
  await field.press('Enter')
  await field.blur()
  await page.getByText(`${size} × ${size}`, { exact: true }).waitFor({ timeout: 60_000 })
  await page.keyboard.press('2')
}

describe('the auxiliary heads of a network', () => {
  it('stand below its layers, and what is wrong with them above', async () => {
    await takeSize(64)
    await preset('GoogLeNet with heads').click()
    await summary().click()
    const heads = page.getByRole('region', { name: '2 auxiliary heads' })
    await heads.getByText('Behind inception_4a, its loss counts 0.3 times').waitFor()
    await heads.getByRole('row', { name: /^head2_fc1 FC 1,024/ }).waitFor()
    // 4a gives 4×4 then, and no layer of the list is to blame.
    await page.getByText('"head1_pool" cannot slide a window of 5 over a height of 4').waitFor()
    expect(await page.getByRole('button', { name: 'Show head1_pool' }).count()).toBe(0)
    expect(await violationsInBothThemes(page, axe)).toEqual({ light: [], dark: [] })
  })

  it('are counted beside the network where they can be built', async () => {
    await takeSize(80)
    // 512·128 + 128 and 528·128 + 128; 128·1,024 + 1,024 and 1,024·2 + 2 of both.
    await page.getByText('Only in training: 401,668 parameters beside those of the network.').waitFor()
    await page.getByRole('row', { name: /^head1_conv Conv K 128, F 1×1, S 1 128 × 1 × 1 65,664/ }).waitFor()
    await page.getByText('Cannot be built').waitFor({ state: 'detached' })
  })

  it('go at once, and come back with undo', async () => {
    await page.getByRole('button', { name: 'Remove heads' }).click()
    await heading('GoogLeNet with heads, edited').waitFor()
    await summary().waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Undo' }).click()
    await summary().waitFor()
    await heading('GoogLeNet with heads').waitFor()
    expect(workbench.faults).toEqual([])
  })
})
