import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dropFiles } from './drop-files.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'
import { picturePng, writePictureFolder } from './picture-files.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 60_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
  await writePictureFolder(join(workbench.root, 'halves'), ['bottom', 'top', 'upper'], 12)
  await writeFile(join(workbench.root, 'halves', 'top', 'broken.png'), 'no picture')
  await writePictureFolder(join(workbench.root, 'single'), ['only'], 5)
})

afterAll(() => workbench?.close())

const tab = (name: string) => page.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name })
const wall = () => page.getByRole('group', { name: 'Pictures of the data set' })
const trainButton = () => page.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' })
const layerRow = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}, position`) })

/** Share of the wall's canvas that is nearly black and nearly white. */
async function brightness(): Promise<{ dark: number; light: number; greys: number }> {
  return wall()
    .locator('canvas')
    .evaluate((element) => {
      const canvas = element as HTMLCanvasElement
      const { data } = canvas.getContext('2d')!.getImageData(12, 12, canvas.width - 80, canvas.height - 40)
      const seen = new Set<number>()
      let dark = 0
      let light = 0
      for (let at = 0; at < data.length; at += 4) {
        const value = data[at]!
        seen.add(value)
        if (value < 64) dark++
        else if (value > 220) light++
      }
      const pixels = data.length / 4
      return { dark: dark / pixels, light: light / pixels, greys: seen.size }
    })
}

async function openFolder(name: string): Promise<void> {
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
  await dialog.getByRole('button', { name }).click()
  await expect.poll(() => dialog.locator('.path').innerText(), SOON).toContain(name)
  await dialog.getByRole('button', { name: 'Open this folder' }).click()
}

/** What can be acted on but has no name to be read aloud. */
async function namelessControls(): Promise<string[]> {
  const tree = await page.locator('body').ariaSnapshot()
  const control =
    /^\s*- (button|textbox|searchbox|combobox|slider|switch|radio|checkbox|link|tab|separator|dialog)\b(?! ")/
  return tree.split('\n').filter((line) => control.test(line))
}

describe('the Data workspace', () => {
  it('opens by itself with the X or O sample painted', async () => {
    await wall().waitFor(LATER)
    await expect.poll(async () => (await brightness()).dark, SOON).toBeGreaterThan(0.5)
    const { light, greys } = await brightness()
    // Strokes are a small share of the pictures, the gaps between them too; noise gives many greys.
    expect(light).toBeGreaterThan(0.05)
    expect(light).toBeLessThan(0.4)
    expect(greys).toBeGreaterThan(100)
  })

  it('counts the classes in every split and shows the pictures of one of them', async () => {
    await page.getByRole('button', { name: 'O 765 Train 85 Validation 150 Test' }).click()
    await page.getByText('765 pictures').waitFor()
    await wall().click({ position: { x: 30, y: 30 } })
    await page.getByRole('heading', { name: 'O', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Show all classes' }).click()
    await page.getByText('1,530 pictures').waitFor()
  })

  it('walks through the pictures by keyboard and says which one is selected', async () => {
    await wall().focus()
    await page.keyboard.press('Home')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => wall().locator('[aria-live]').innerText(), SOON).toMatch(/^[XO], Train #\d+$/)
    await page.keyboard.press('Escape')
    await expect.poll(() => wall().locator('[aria-live]').innerText(), SOON).toBe('')
  })

  it('makes the sample anew with other settings', async () => {
    const count = page.getByRole('textbox', { name: 'Pictures' })
    await count.fill('400')
    await page.getByText('2 classes, 400 pictures').waitFor(SOON)
    await count.fill('19')
    await page.getByText('A whole number from 20 to 200000').waitFor()
    await count.press('Tab')
    expect(await count.inputValue()).toBe('400')
  })

  it('says why a control is worth a look', async () => {
    await page.getByRole('radio', { name: 'White noise' }).click()
    await page.getByText('Random pixels of the same size', { exact: false }).waitFor()
    await expect.poll(async () => (await brightness()).dark, SOON).toBeLessThan(0.4)
    await page.getByRole('radio', { name: 'The data as it is' }).click()
    await expect.poll(async () => (await brightness()).dark, SOON).toBeGreaterThan(0.5)
  })

  it('opens a folder of pictures and lists what it could not read', async () => {
    await openFolder('halves')
    await page.getByRole('button', { name: /^upper .* Train/ }).waitFor(LATER)
    await page.getByText('all 24 × 24').waitFor()
    await page.getByRole('button', { name: '1 problem' }).click()
    const problems = page.getByRole('list', { name: 'Problems' })
    expect(await problems.innerText()).toContain('broken.png')
    await page.keyboard.press('Control+j')
    await problems.waitFor({ state: 'hidden' })
  })

  it('says in one sentence why data cannot be opened, and leads back', async () => {
    await openFolder('single')
    const alert = page.getByRole('alert')
    await expect.poll(() => alert.innerText(), LATER).toContain('only')
    expect(await trainButton().isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Back to the data before' }).click()
    await page.getByRole('button', { name: /^upper .* Train/ }).waitFor(LATER)
    await page.getByRole('button', { name: /X or O sample/ }).click()
    await page.getByText('1,530 pictures').waitFor(LATER)
  })
})

describe('the Model workspace', () => {
  it('starts from a preset with the sizes and parameters of its layers', async () => {
    await tab('Model').click()
    await page.getByRole('button', { name: /^LeNet-5/ }).click()
    const conv2 = layerRow('conv2')
    await expect.poll(() => conv2.innerText(), SOON).toContain('(14 − 5 + 2·0) / 1 + 1 = 10')
    expect(await conv2.innerText()).toContain('16 × 10 × 10')
    expect(await conv2.innerText()).toContain('5·5·6·16 + 16')
    expect(await conv2.innerText()).toContain('2,416')
    // 61,706 of LeNet-5 for ten classes, less 85 for each class that is not there.
    await page.getByText('61,026', { exact: true }).waitFor()
  })

  it('says which networks suit the pictures, and what is too much for them', async () => {
    const known = page.getByRole('list', { name: 'Networks to start from' })
    await expect.poll(() => known.getByText('Suits these pictures').count(), SOON).toBeGreaterThan(0)
    await page.getByRole('button', { name: /^ResNet-18/ }).click()
    await page.getByText(/parameters for 1,\d{3} training pictures are [\d,]+ for each/).waitFor(SOON)
    await page.getByRole('button', { name: /^LeNet-5/ }).click()
    await page.getByText(/training pictures are/).waitFor({ state: 'detached' })
    await known.getByText(/they are 28×28; [\d,]+ parameters for 1,\d{3} training pictures/).waitFor()
  })

  it('works out every size anew when a layer changes, and marks one that is not whole', async () => {
    await page.getByLabel('Stride of conv1').fill('2')
    await expect.poll(() => layerRow('conv1').innerText(), SOON).toContain('= 14.5: floor 14, ceil 15')
    expect(await layerRow('conv1').innerText()).toContain('runs with floor')
    await expect.poll(() => layerRow('pool1').innerText()).toContain('6 × 7 × 7')
    await page.getByRole('heading', { name: 'LeNet-5, edited' }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => layerRow('pool1').innerText(), SOON).toContain('6 × 14 × 14')
    await page.getByRole('heading', { name: 'LeNet-5', exact: true }).waitFor()
  })

  it('refuses a network that cannot be built, with the arithmetic at its layer', async () => {
    await page.getByLabel('Window of conv2').fill('20')
    await expect.poll(() => layerRow('conv2').getByRole('alert').innerText(), SOON).toContain('(14 − 20 + 2·0)')
    expect(await trainButton().isDisabled()).toBe(true)
    await page.keyboard.press('Control+z')
    await layerRow('conv2').getByRole('alert').waitFor({ state: 'detached' })
    await expect.poll(() => trainButton().isEnabled(), SOON).toBe(true)
  })

  it('has dilation, groups and bias where they are wished for, and keeps in view what is not as usual', async () => {
    const groups = page.getByLabel('Groups of conv2')
    expect(await groups.isVisible()).toBe(false)
    await layerRow('conv2').getByRole('button', { name: 'What to do with conv2' }).click()
    await page.getByRole('menuitem', { name: 'Dilation, groups and bias' }).click()
    await groups.waitFor()
    const about = layerRow('conv2').getByText('Filters of a group read only their share of the channels', {
      exact: false,
    })
    expect(await about.isVisible()).toBe(false)
    await groups.fill('2')
    await about.waitFor(SOON)
    await expect.poll(() => layerRow('conv2').innerText(), SOON).toContain('5·5·3·16 + 16')
    await page.getByRole('switch', { name: 'Bias of conv2' }).click()
    await page.getByLabel('Dilation of conv2').fill('2')
    await expect.poll(() => layerRow('conv2').innerText(), SOON).toContain('(14 − 9 + 2·0) / 1 + 1 = 6')
    expect(await layerRow('conv2').innerText()).not.toContain('+ 16')
    await layerRow('conv2').getByRole('button', { name: 'What to do with conv2' }).click()
    expect(await page.getByRole('menuitem', { name: 'Dilation, groups and bias' }).count()).toBe(0)
    await page.keyboard.press('Escape')
    await groups.fill('4')
    await expect.poll(() => layerRow('conv2').getByRole('alert').innerText(), SOON).toContain('6 / 4 is not whole')
    const asPublished = page.getByRole('heading', { name: 'LeNet-5', exact: true })
    for (let undone = 0; undone < 4 && !(await asPublished.isVisible()); undone++) {
      await page.getByRole('button', { name: 'Undo' }).click()
    }
    await asPublished.waitFor()
  })

  it('leaves a setting in view that is as usual again while it is typed in', async () => {
    await page.getByRole('button', { name: /^AlexNet/ }).click()
    const groups = page.getByLabel('Groups of conv2')
    await groups.fill('1')
    await expect.poll(() => layerRow('conv2').innerText(), SOON).toContain('5·5·96·256 + 256')
    expect(await groups.inputValue()).toBe('1')
    expect(await groups.evaluate((field) => field === document.activeElement)).toBe(true)
    await page.getByRole('button', { name: /^LeNet-5/ }).click()
    await page.getByRole('heading', { name: 'LeNet-5', exact: true }).waitFor()
  })

  it('shows a fully connected layer as its convolution, and writes it so', async () => {
    await expect.poll(() => layerRow('fc1').innerText(), SOON).toContain('as a convolution: F = 5, K = 120')
    await layerRow('fc1').getByRole('button', { name: 'What to do with fc1' }).click()
    await page.getByRole('menuitem', { name: 'Write as a convolution' }).click()
    await expect.poll(() => layerRow('fc1').innerText(), SOON).toContain('120 × 1 × 1')
    expect(await page.getByLabel('Window of fc1').inputValue()).toBe('5')
    await page.getByText('61,026', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('heading', { name: 'LeNet-5', exact: true }).waitFor()
  })

  it('moves, copies and removes layers by keyboard, the focus with them', async () => {
    const names = () =>
      page
        .getByLabel(/^Name of layer/)
        .evaluateAll((fields) => fields.map((field) => (field as HTMLInputElement).value))
    const before = await names()
    await page.getByLabel('Filters of conv2').focus()
    await page.keyboard.press('Alt+ArrowUp')
    await expect.poll(async () => (await names()).indexOf('conv2')).toBe(2)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Filters of conv2')
    await page.keyboard.press('Control+d')
    await expect.poll(async () => (await names())[3]).toBe('conv3')
    await page.getByRole('button', { name: /^Drag conv3/ }).focus()
    await page.keyboard.press('Delete')
    await expect.poll(async () => (await names()).length).toBe(before.length)
    for (let edit = 0; edit < 3; edit++) await page.keyboard.press('Control+z')
    await expect.poll(names).toEqual(before)
  })
})

describe('the frame', () => {
  it('does by the command palette what it is told in words', async () => {
    expect(await page.evaluate(() => document.documentElement.dataset['theme'])).toBe('light')
    const surface = () => page.evaluate(() => getComputedStyle(document.querySelector('header')!).backgroundColor)
    const lightSurface = await surface()
    await page.keyboard.press('Control+k')
    await page.keyboard.type('dark th')
    await page.keyboard.press('Enter')
    await expect.poll(surface).not.toBe(lightSurface)
    await page.reload()
    await expect.poll(() => page.evaluate(() => document.documentElement.dataset['theme'])).toBe('dark')
    await tab('Model').and(page.locator('[aria-current="page"]')).waitFor()
  })

  it('lists every key, from the records that the keys themselves obey', async () => {
    await page.keyboard.press('?')
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
    await help.getByText('Go to Runs').waitFor()
    await page.keyboard.press('Escape')
    await help.waitFor({ state: 'hidden' })
    await page.keyboard.press('1')
    await tab('Data').and(page.locator('[aria-current="page"]')).waitFor()
  })

  it('resizes its panes by keyboard and remembers that', async () => {
    const border = page.getByRole('separator', { name: 'Data source' })
    const width = () => border.getAttribute('aria-valuenow')
    const before = Number(await width())
    await border.press('ArrowRight')
    await expect.poll(width).toBe(String(before + 16))
    await page.reload()
    await expect.poll(width, SOON).toBe(String(before + 16))
  })

  it('gives every control a name and shows all of the top bar at 1280 × 800', async () => {
    for (const name of ['Data', 'Model', 'Train', 'Runs']) {
      await tab(name).click()
      await page.waitForTimeout(300)
      expect(await namelessControls(), name).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      expect(overflow, name).toBe(0)
      const rights = await page
        .getByRole('banner')
        .getByRole('button')
        .evaluateAll((buttons) => buttons.map((button) => button.getBoundingClientRect().right))
      expect(Math.max(...rights), name).toBeLessThanOrEqual(1280)
    }
  })
})

describe('the Runs workspace', () => {
  it('says where runs go, and lists one that was trained with what it reached', async () => {
    await tab('Runs').click()
    await page.getByText('No runs yet').waitFor()
    await page.getByText(join(workbench.root, 'runs')).first().waitFor()
    await tab('Model').click()
    await page.getByRole('button', { name: /^Small/ }).click()
    await page.getByLabel('Epochs', { exact: true }).fill('2')
    await expect.poll(() => trainButton().isEnabled(), SOON).toBe(true)
    await page.keyboard.press('Control+Enter')
    await tab('Runs').click()
    const row = page.getByRole('row').filter({ hasText: 'X or O' })
    await expect.poll(() => row.innerText(), LATER).toContain('Finished')
    await expect.poll(() => row.innerText(), SOON).toMatch(/\d+\.\d%/)
    expect(await row.innerText()).toContain('Small')
  })

  it('opens a run to look at, and shows a dropped picture to its network', async () => {
    await page.reload()
    await page
      .getByRole('row')
      .filter({ hasText: 'X or O' })
      .getByRole('button', { name: /^Open run/ })
      .click()
    await tab('Train').and(page.locator('[aria-current="page"]')).waitFor()
    await dropFiles(page, { 'mine.png': await picturePng(200, true) })
    await page.getByText('mine.png').first().waitFor(SOON)
  })

  it('asks before a window is closed while a run is being trained', async () => {
    // A page made by browser.newPage() takes its context along when it closes, without asking.
    const context = await workbench.browser.newContext()
    const second = await context.newPage()
    await second.goto(workbench.url)
    await second.getByText('1,530 pictures').waitFor(LATER)
    await second.getByRole('navigation', { name: 'Workspaces' }).getByRole('button', { name: 'Model' }).click()
    await second.getByLabel('Epochs', { exact: true }).fill('500')
    await second.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' }).click()
    await second.getByRole('button', { name: 'Pause', exact: true }).waitFor(LATER)
    const asked = new Promise<string>((resolve) => {
      second.once('dialog', (dialog) => {
        resolve(dialog.type())
        void dialog.dismiss()
      })
    })
    await second.close({ runBeforeUnload: true })
    expect(await asked).toBe('beforeunload')
    await second.getByRole('button', { name: 'Stop' }).click()
    await second.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' }).waitFor(LATER)
    await context.close()
  })
})

it('did all that without an error in the page', () => {
  expect(workbench.faults).toEqual([])
})
