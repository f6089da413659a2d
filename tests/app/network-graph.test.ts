import axe from 'axe-core'
import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsInBothThemes } from './axe-violations.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ reducedMotion: 'reduce' })
  page = workbench.page
  page.setDefaultTimeout(SOON.timeout)
  await page.getByText('1,530 pictures').waitFor(LATER)
  await page.keyboard.press('2')
})

afterAll(() => workbench?.close())

const graph = () => page.getByRole('application', { name: /^Graph of/ })
/** The box whose last line is that name. */
const box = (name: string): Locator =>
  graph()
    .locator('.box:not(.output)')
    .filter({ has: page.locator('.detail', { hasText: new RegExp(`^${name}$`) }) })
const titled = (title: string): Locator =>
  graph()
    .locator('.box')
    .filter({ has: page.locator('strong', { hasText: new RegExp(`^${title}$`) }) })
const row = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}, position`) })
const names = () =>
  graph()
    .locator('.box.node .detail')
    .evaluateAll((found) => found.map((element) => element.textContent))
const selected = () => graph().locator('.box.selected').getAttribute('title')
const heading = (name: string) => page.getByRole('heading', { name, exact: true })
const preset = (name: RegExp) =>
  page.getByRole('list', { name: 'Networks to start from' }).getByRole('button', { name })
const sizes = () => graph().locator('.route text').allTextContents()
const bothThemes = async () => expect(await violationsInBothThemes(page, axe)).toEqual({ light: [], dark: [] })

/** Clicks a box wherever it lies: all of the graph is brought into view. */
async function pick(wanted: Locator): Promise<void> {
  await graph().focus()
  await page.keyboard.press('0')
  await wanted.click()
}

/** Does by the command palette what is called so. */
async function command(name: string): Promise<void> {
  await page.keyboard.press('Control+k')
  const palette = page.getByRole('dialog')
  await palette.locator('input').pressSequentially(name)
  await palette.locator('[data-highlighted]', { hasText: name }).waitFor(SOON)
  await page.keyboard.press('Enter')
  await palette.waitFor({ state: 'hidden' })
}

async function undoAll(title: string): Promise<void> {
  for (let undone = 0; undone < 10 && !(await heading(title).isVisible()); undone++) {
    await page.keyboard.press('Control+z')
  }
  await heading(title).waitFor(SOON)
}

describe('the graph of the network that is edited', () => {
  it('is one key away, with a box a layer and the sizes on its edges', async () => {
    await preset(/^LeNet-5/).click()
    await heading('LeNet-5').waitFor(SOON)
    await page.keyboard.press('t')
    await box('fc3').waitFor(SOON)
    expect(await names()).toHaveLength(11)
    await expect.poll(sizes, SOON).toEqual(expect.arrayContaining(['1×28×28', '6×28×28', '16×5×5', '120']))
    expect(await box('conv1').innerText()).toContain('5×5, 6')
    expect(await box('pool1').innerText()).toContain('2×2, /2')
  })

  it('shows the sizes of the selected layer below, to edit', async () => {
    await pick(box('conv2'))
    await row('conv2').waitFor(SOON)
    expect(await row('conv1').count()).toBe(0)
    await page.getByLabel('Filters of conv2').fill('24')
    await expect.poll(() => box('conv2').innerText(), SOON).toContain('5×5, 24')
    await expect.poll(sizes, SOON).toEqual(expect.arrayContaining(['24×10×10', '24×5×5']))
    await undoAll('LeNet-5')
  })

  it('shares its selected layer with the list', async () => {
    await pick(box('pool2'))
    await page.keyboard.press('t')
    await expect.poll(() => row('pool2').getAttribute('class'), SOON).toContain('selected')
    await row('relu2')
      .getByLabel(/^Name of layer/)
      .focus()
    await page.keyboard.press('Escape')
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('t')
    await expect.poll(selected, SOON).toContain('relu2')
  })

  it('is edited by keyboard alone: walked through, added to, copied, moved, removed and undone', async () => {
    await graph().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowDown')
    await expect.poll(selected, SOON).toContain('conv1')
    await page.keyboard.press('Control+d')
    await expect.poll(selected, SOON).toContain('conv3')
    await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(async () => (await names()).slice(0, 3), SOON).toEqual(['conv1', 'relu1', 'conv3'])
    await page.keyboard.press('Delete')
    await expect.poll(names, SOON).toHaveLength(11)
    // What comes in its place is selected, and Enter leads to its sizes.
    await expect.poll(selected, SOON).toContain('pool1')
    await page.keyboard.press('Enter')
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label')))
      .toBe('Window of pool1')
    await command('Add dropout')
    await expect.poll(names, SOON).toContain('dropout1')
    await expect.poll(selected, SOON).toContain('dropout1')
    await undoAll('LeNet-5')
    await expect.poll(names, SOON).toHaveLength(11)
  })

  it('adds layers to the front where the input is selected', async () => {
    await pick(titled('Input'))
    await page.getByRole('button', { name: 'Add a batch normalisation' }).click()
    await expect.poll(async () => (await names())[0], SOON).toBe('norm1')
    await expect.poll(() => page.getByText('61,028', { exact: true }).count(), SOON).toBe(1)
    await undoAll('LeNet-5')
  })

  it('marks what is not whole and what cannot be, and leads there', async () => {
    await pick(box('conv1'))
    await page.getByLabel('Stride of conv1').fill('2')
    await expect.poll(() => box('conv1').getAttribute('class'), SOON).toContain('warning')
    expect(await box('conv1').getAttribute('title')).toContain('not whole')
    await row('conv1')
      .getByRole('button', { name: /^S = 3/ })
      .click()
    await expect.poll(() => box('conv1').getAttribute('class'), SOON).not.toContain('warning')
    await undoAll('LeNet-5')
    await pick(box('conv2'))
    await page.getByLabel('Window of conv2').fill('20')
    await expect.poll(() => box('conv2').getAttribute('class'), SOON).toContain('danger')
    await pick(box('relu1'))
    await page.getByRole('button', { name: 'Show conv2' }).click()
    await expect.poll(selected, SOON).toContain('cannot slide a window of 20')
    expect(await row('conv2').getByRole('alert').innerText()).toContain('(14 − 20 + 2·0)')
    await bothThemes()
    // In the list too, also where it is selected already but out of view.
    await page.keyboard.press('t')
    await row('conv2').waitFor(SOON)
    await page.locator('.scroll:has(> .table)').evaluate((list) => list.scrollTo(0, list.scrollHeight))
    await page.getByRole('button', { name: 'Show conv2' }).click()
    const inView = () =>
      row('conv2').evaluate((element) => {
        const { top, bottom } = element.getBoundingClientRect()
        const list = element.closest('.scroll')!.getBoundingClientRect()
        return top >= list.top && bottom <= list.bottom
      })
    await expect.poll(inView, SOON).toBe(true)
    await page.keyboard.press('t')
    await undoAll('LeNet-5')
  })

  it('has branches where they are added: a shortcut around a layer, a convolution beside it', async () => {
    const routes = () => graph().locator('.route').count()
    await pick(box('relu1'))
    const before = await routes()
    await row('relu1').getByRole('button', { name: 'What to do with relu1' }).click()
    await page.getByRole('menuitem', { name: 'Add a shortcut around it' }).click()
    await expect.poll(selected, SOON).toContain('Sum · add1')
    await expect.poll(routes, SOON).toBe(before + 2)
    await expect.poll(() => page.getByLabel('What add1 reads').inputValue(), SOON).toBe('relu1, conv1')
    await pick(box('conv2'))
    await command('Add a branch beside it')
    await box('concat1').waitFor(SOON)
    await expect.poll(sizes, SOON).toEqual(expect.arrayContaining(['32×10×10']))
    // Two branches of one map stand side by side.
    const [one, other] = await Promise.all([box('conv2').boundingBox(), box('conv3').boundingBox()])
    expect(Math.abs((one?.x ?? 0) - (other?.x ?? 0))).toBeGreaterThan(40)
    await bothThemes()
    await undoAll('LeNet-5')
  })
})

describe('the blocks of a network that is edited', () => {
  it('are folded where they repeat, and copied, moved and removed whole', async () => {
    await preset(/^ResNet-20/).click()
    await titled('stage1_2').waitFor(SOON)
    await pick(titled('stage1_2'))
    await expect.poll(() => page.locator('[data-layer-row]').count(), SOON).toBe(7)
    await page.keyboard.press('Control+d')
    await titled('stage1_4').waitFor(SOON)
    await page.getByText('77 layers', { exact: true }).waitFor(SOON)
    expect(await titled('stage1_4').getAttribute('class')).toMatch(/folded.*selected/)
    // Behind stage1_2, before stage1_3: one whole block down.
    const order = () =>
      graph()
        .locator('.box.folded strong')
        .evaluateAll((found) =>
          found.map((element) => element.textContent).filter((name) => name?.startsWith('stage1')),
        )
    expect(await order()).toEqual(['stage1_1', 'stage1_2', 'stage1_4', 'stage1_3'])
    await page.keyboard.press('Delete')
    await page.getByText('70 layers', { exact: true }).waitFor(SOON)
    await expect.poll(order, SOON).toEqual(['stage1_1', 'stage1_2', 'stage1_3'])
    await undoAll('ResNet-20 (CIFAR)')
  })

  it('open with Enter and stay open through an edit within', async () => {
    await pick(titled('stage2_1'))
    await graph().focus()
    await page.keyboard.press('Enter')
    await box('stage2_1_conv1').waitFor(SOON)
    await pick(box('stage2_1_conv1'))
    await page.getByRole('button', { name: 'Add a ReLU' }).click()
    await box('stage2_1_conv1_relu1').waitFor(SOON)
    expect(await titled('stage2_1').getAttribute('class')).toContain('open')
    await undoAll('ResNet-20 (CIFAR)')
  })

  it('stand beside the list where there is room', async () => {
    expect(await page.getByRole('group', { name: 'Shown as' }).innerText()).not.toContain('Both')
    await page.setViewportSize({ width: 1900, height: 1000 })
    await page.getByRole('group', { name: 'Shown as' }).getByText('Both').click()
    await titled('stage3_3').waitFor(SOON)
    await row('relu1')
      .getByLabel(/^Name of layer/)
      .focus()
    await expect.poll(selected, SOON).toContain('relu1')
    await pick(titled('stage1_1'))
    await expect.poll(() => page.locator('[data-layer-row].selected').count(), SOON).toBe(7)
    await bothThemes()
    await page.setViewportSize({ width: 1280, height: 800 })
  })
})

it('did all that without an error in the page', () => {
  expect(workbench.faults).toEqual([])
})
