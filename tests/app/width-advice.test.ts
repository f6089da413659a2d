import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import { type ServedWorkbench, serveWorkbench } from './served-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: ServedWorkbench
let browser: Browser
let page: Page
const faults: string[] = []

beforeAll(async () => {
  workbench = await serveWorkbench()
  browser = await launchBrowser()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'light' })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => message.type() === 'error' && faults.push(message.text()))
  await page.goto(workbench.url)
})

afterAll(async () => {
  await browser?.close()
  await workbench?.stop()
})

const panel = () => page.getByRole('region', { name: 'Enough filters?' })
const finished = () => page.locator('header[aria-label="State of the run"]').getByText('Finished')
const shownCount = () => page.getByRole('listbox', { name: /^Filters of conv1/ }).getByRole('option')

describe('the number of filters of a layer', () => {
  it('is measured once a run is trained', async () => {
    await page
      .getByRole('button', { name: /X or O/ })
      .first()
      .click()
    await page.getByText('2,000').first().waitFor()
    await page.keyboard.press('3')
    await page.getByRole('main').getByRole('button', { name: 'Train' }).click()
    await finished().waitFor(LATER)
    await page.getByRole('button', { name: 'Verdict', exact: true }).click()
    await panel().getByRole('button', { name: 'Measure', exact: true }).click()
    await panel()
      .getByRole('img', { name: /^Accuracy against filters kept: .+ with all 8/ })
      .waitFor(LATER)
    await panel()
      .getByText(/^\d \(\d to \d\)$/)
      .waitFor()
    await panel()
      .getByText(/% of \d+ pictures$/)
      .waitFor()
  })

  it('can be looked at in several orders, by keyboard', async () => {
    const orders = panel().getByRole('group', { name: 'Order in which filters are masked' })
    await orders.getByRole('button', { name: 'Norm' }).focus()
    await page.keyboard.press('Space')
    await panel().getByText('The filters with the smallest weights first.').waitFor(SOON)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Space')
    await panel().getByText('The filters with the weakest maps first.').waitFor(SOON)
  })

  it('is made smaller, and the new run trains on from there', async () => {
    const wanted = panel().getByRole('textbox', { name: 'Filters from now on' })
    await wanted.fill('5')
    await panel().getByRole('button', { name: 'Shrink to 5 and train on' }).click()
    await panel()
      .getByText(/^This run began from \S+ at step [\d,]+, with 5 of the 8 filters of conv1\.$/)
      .waitFor(LATER)
    await finished().waitFor(LATER)
    await expect.poll(() => shownCount().getAttribute('aria-setsize'), SOON).toBe('5')
  })

  it('is what it was in the run before, which is one press away', async () => {
    await panel().getByRole('button', { name: 'Back to that run' }).click()
    await expect.poll(() => shownCount().getAttribute('aria-setsize'), LATER).toBe('8')
    await panel().getByRole('button', { name: 'Measure', exact: true }).waitFor(SOON)
  })

  it('did all that without an error in the page', () => {
    expect(faults).toEqual([])
  })
})
