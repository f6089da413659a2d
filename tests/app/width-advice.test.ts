import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropFiles } from './drop-files.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
})

afterAll(() => workbench?.close())

const panel = () => page.getByRole('region', { name: 'Enough filters?' })
const focusedText = () => page.evaluate(() => document.activeElement?.textContent?.trim())
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

  it('keeps the focus on the button that began it, and says in words what its numbers mean', async () => {
    const again = panel().getByRole('button', { name: 'Measure again' })
    await again.focus()
    await page.keyboard.press('Enter')
    await expect.poll(focusedText, SOON).toMatch(/^(Cancel|Measure again)$/)
    await again.waitFor(LATER)
    expect(await focusedText()).toBe('Measure again')
    await panel().getByText('What these numbers mean').focus()
    await page.keyboard.press('Enter')
    await panel().getByText('Filters whose weights are next to nothing.').waitFor(SOON)
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

  it('is measured for a model file on the pictures in the window, which is trained further with fewer', async () => {
    const [run = ''] = (await readdir(join(workbench.root, 'runs'))).sort()
    const model = await readFile(join(workbench.root, 'runs', run, 'model.onnx'))
    await dropFiles(page, { 'letters.onnx': model })
    await page.getByText('letters').first().waitFor(LATER)
    await page.getByRole('button', { name: 'Verdict', exact: true }).click()
    await panel().getByText('conv1', { exact: true }).waitFor(SOON)
    await panel().getByRole('button', { name: 'Measure', exact: true }).click()
    // The file names its classes X and O, as the data does: its answers are compared with them.
    await panel()
      .getByRole('img', { name: /^Accuracy against filters kept: .+ with all 8/ })
      .waitFor(LATER)
    await panel().getByRole('textbox', { name: 'Filters from now on' }).fill('6')
    await panel().getByRole('button', { name: 'Shrink to 6 and train on' }).click()
    await finished().waitFor(LATER)
    await expect.poll(() => shownCount().getAttribute('aria-setsize'), LATER).toBe('6')
  })

  it('did all that without an error in the page', () => {
    expect(workbench.faults).toEqual([])
  })
})
