import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'
import { picturePng, writePictureFolder } from './picture-files.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: OpenedWorkbench
let page: Page
/** What the workbench said would make the size whole: 'P = 1, gives 11 × 11'. */
let suggested = ''

/** From a folder that is not in order to a trained network, each part standing on the one before. */
beforeAll(async () => {
  workbench = await openWorkbench()
  page = workbench.page
  page.setDefaultTimeout(SOON.timeout)
  const folder = join(workbench.root, 'lamps')
  await writePictureFolder(folder, ['below', 'above'], 60)
  await writeFile(join(folder, 'above', 'torn.png'), (await picturePng(200, true)).subarray(0, 60))
  await writeFile(join(folder, 'below', 'empty.jpg'), '')
  const wide = await sharp(await picturePng(180, false))
    .resize(48, 24, { fit: 'fill' })
    .png()
    .toBuffer()
  await writeFile(join(folder, 'below', 'wide.png'), wide)
  await page.getByText('1,530 pictures').waitFor(LATER)
})

afterAll(() => workbench?.close())

const row = (name: string) => page.getByRole('group', { name: new RegExp(`^${name}, position`) })
const trainButton = () => page.getByRole('group', { name: 'Training' }).getByRole('button', { name: 'Train' })

it('a folder with files that are no pictures is opened, and each of them is told with its reason', async () => {
  await page.keyboard.press('Control+o')
  const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
  await dialog.getByRole('button', { name: 'lamps' }).click()
  await expect.poll(() => dialog.locator('.path').innerText(), SOON).toContain('lamps')
  await dialog.getByRole('button', { name: 'Open this folder' }).click()
  await page.getByRole('button', { name: /^above .* Train/ }).waitFor(LATER)
  // What can be used is: 60 pictures a class, and one of another size that is fitted.
  await page.getByText('2 classes, 121 pictures').waitFor(SOON)
  await page.getByRole('button', { name: '2 problems' }).click()
  const problems = page.getByRole('list', { name: 'Problems' })
  await expect.poll(() => problems.innerText(), SOON).toContain('torn.png')
  expect(await problems.innerText()).toContain('empty.jpg')
  await page.keyboard.press('Control+j')
  await problems.waitFor({ state: 'hidden' })
})

it('a size that is not whole is marked in list and graph, and whole again with what is suggested', async () => {
  await page.keyboard.press('2')
  await page.getByRole('button', { name: /^LeNet-5/ }).click()
  await expect.poll(() => row('conv1').innerText(), SOON).toContain('(24 − 5 + 2·2) / 1 + 1 = 24')
  await page.getByLabel('Stride of conv1').fill('2')
  await expect.poll(() => row('conv1').innerText(), SOON).toContain('(24 − 5 + 2·2) / 2 + 1 = 12.5')
  await page.getByText('1 layer to look at:').waitFor(SOON)

  await page.getByRole('group', { name: 'Shown as' }).getByText('Graph').click()
  const box = page.getByRole('application', { name: /^Graph of/ }).locator('.box', { hasText: 'conv1' })
  await expect.poll(() => box.getAttribute('class'), SOON).toContain('warning')
  const mends = page.getByRole('group', { name: 'What makes the size of conv1 whole' })
  suggested = await mends.getByRole('button').first().innerText()
  const size = / gives (\d+) × (\d+)$/.exec(suggested)
  await mends.getByRole('button').first().click()
  await expect.poll(() => box.getAttribute('class'), SOON).not.toContain('warning')
  await expect.poll(() => row('conv1').innerText(), SOON).toContain(`6 × ${size?.[1]} × ${size?.[2]}`)
  expect(await row('conv1').innerText()).not.toContain('not whole')
  await page.getByText('1 layer to look at:').waitFor({ state: 'detached' })
  await page.getByRole('heading', { name: 'LeNet-5, edited' }).waitFor(SOON)
})

it('the mended network is trained, and its run is of the numbers that were suggested', async () => {
  await page.getByLabel('Epochs', { exact: true }).fill('12')
  await page.getByLabel('Batch size', { exact: true }).fill('16')
  await expect.poll(() => trainButton().isEnabled(), SOON).toBe(true)
  await page.keyboard.press('Control+Enter')
  const state = page.locator('header[aria-label="State of the run"]').getByRole('status')
  await expect.poll(() => state.innerText(), LATER).toBe('Finished')
  await page.getByRole('listbox', { name: /^Filters of conv1/ }).waitFor(SOON)
  await page.keyboard.press('4')
  const run = page.getByRole('row').filter({ hasText: 'lamps' })
  await expect.poll(() => run.innerText(), SOON).toContain('LeNet-5, edited')
  // Light from above or from below: whoever learns at all tells them apart.
  await expect.poll(() => run.innerText(), SOON).toContain('%')
  const accuracy = /([\d.]+)\s?%/.exec(await run.innerText())
  expect(Number(accuracy?.[1])).toBeGreaterThan(95)
  const [folder = ''] = await readdir(join(workbench.root, 'runs'))
  const settings = JSON.parse(await readFile(join(workbench.root, 'runs', folder, 'settings.json'), 'utf8')) as unknown
  const [, letter = '', value = ''] = /^(\w) = (\d+),/.exec(suggested) ?? []
  const field = { F: 'kernel', S: 'stride', P: 'padding' }[letter] ?? ''
  const asked = { kernel: [5, 5], stride: [2, 2], padding: [2, 2], [field]: [Number(value), Number(value)] }
  const layers: unknown = expect.arrayContaining([expect.objectContaining({ name: 'conv1', ...asked })])
  expect(settings).toMatchObject({ settings: { network: { architecture: { layers } } } })
})

it('did all that without an error in the page', () => {
  expect(workbench.faults).toEqual([])
})
