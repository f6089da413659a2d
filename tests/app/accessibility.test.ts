import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsInBothThemes } from './axe-violations.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  // Colours that are on their way to others have no contrast to speak of.
  workbench = await openWorkbench({ reducedMotion: 'reduce' })
  page = workbench.page
  await page.getByText('1,530 pictures').waitFor(LATER)
})

afterAll(() => workbench?.close())

async function expectNoneInBothThemes(): Promise<void> {
  expect(await violationsInBothThemes(page, axe)).toEqual({ light: [], dark: [] })
}

describe('what axe-core finds wrong', () => {
  it.each([
    ['Data', '1'],
    ['Model', '2'],
    ['Train, where nothing was trained', '3'],
    ['Runs, where there are none', '4'],
    ['Learn, where nothing is open', '5'],
  ])('%s: nothing', async (_, key) => {
    await page.keyboard.press(key)
    await expectNoneInBothThemes()
  })

  it('Train and Runs after a training, with a filter selected: nothing', async () => {
    await page.keyboard.press('2')
    await page.getByLabel('Epochs', { exact: true }).fill('1')
    await page.keyboard.press('Control+Enter')
    await page.locator('header[aria-label="State of the run"]').getByText('Finished').waitFor(LATER)
    await page.getByRole('listbox', { name: /^Activation maps of/ }).waitFor(SOON)
    await page.getByRole('listbox', { name: /^Filters of conv1/ }).press('ArrowRight')
    await page.getByRole('heading', { name: 'Filter 0' }).waitFor(SOON)
    await expectNoneInBothThemes()
    await page.keyboard.press('v')
    await page.getByRole('img', { name: /^Smoothness: / }).waitFor(SOON)
    await page.getByText('Measures of the whole layer').click()
    await expectNoneInBothThemes()
    await page.keyboard.press('4')
    await page.getByRole('row').filter({ hasText: 'Finished' }).waitFor(SOON)
    await expectNoneInBothThemes()
  })

  it.each([
    ['the command palette', 'Control+k', undefined],
    ['the list of keys', '?', 'Keyboard shortcuts'],
    ['the picker of folders', 'Control+o', 'Open a data folder'],
  ])('%s: nothing', async (_, keys, name) => {
    await page.keyboard.press(keys)
    const dialog = name === undefined ? page.getByRole('dialog') : page.getByRole('dialog', { name })
    await dialog.waitFor(SOON)
    await expectNoneInBothThemes()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  it('the devices and the export: nothing', async () => {
    await page.keyboard.press('3')
    await page.getByRole('button', { name: /CPU/ }).click()
    await page.getByRole('dialog').waitFor(SOON)
    await expectNoneInBothThemes()
    await page.keyboard.press('Escape')
    await page
      .getByRole('button', { name: /^Export/ })
      .first()
      .click()
    await page.getByRole('dialog', { name: /^Export/ }).waitFor(SOON)
    await expectNoneInBothThemes()
  })
})
