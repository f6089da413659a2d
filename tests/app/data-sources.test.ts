import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'
import { writePictureFolder } from './picture-files.ts'

const LATER = { timeout: 20_000 }

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench({ colorScheme: 'light' })
  page = workbench.page
  await writePictureFolder(join(workbench.root, 'train'), ['lower', 'upper'], 12)
  await writePictureFolder(join(workbench.root, 'test'), ['upper', 'lower'], 3)
  await writePictureFolder(join(workbench.root, 'gone'), ['upper'], 1)
})
afterAll(() => workbench?.close())

const source = () => page.getByRole('region', { name: 'Source' })
const properties = () => page.getByRole('region', { name: 'Properties' })
const sources = () => page.getByRole('list', { name: 'Files and folders of this data set' })

/** Chooses a folder of the root in the picker that `button` opens. */
async function choose(button: string, name: string): Promise<void> {
  await source().getByRole('button', { name: button, exact: true }).click()
  const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
  await dialog.getByRole('button', { name }).first().click(LATER)
  await dialog.getByText(join(workbench.root, name), { exact: true }).waitFor(LATER)
  await dialog.getByRole('button', { name: 'Open this folder' }).click()
  await dialog.waitFor({ state: 'detached' })
}

it('offers nothing to add to the generated pictures', async () => {
  await properties().getByText('2 classes').waitFor(LATER)
  expect(await source().getByRole('button', { name: 'Add folder' }).count()).toBe(0)
})

it('joins a folder of training and one of test pictures to one data set', async () => {
  await choose('Open folder', 'train')
  await properties().getByText('2 classes, 24 pictures').waitFor(LATER)
  expect(await sources().getByRole('listitem').count()).toBe(1)
  expect(await source().getByRole('button', { name: 'Leave train out' }).count()).toBe(0)
  await choose('Add folder', 'test')
  await properties().getByText('2 classes, 30 pictures').waitFor(LATER)
  await properties().getByText('The source brings its own test set.').waitFor()
  expect(await sources().getByRole('listitem').allInnerTexts()).toEqual([
    expect.stringMatching(/^train\n/),
    expect.stringMatching(/^test\n/),
  ])
})

it('keeps them over a reload, and leaves one out again', async () => {
  await page.reload()
  await properties().getByText('2 classes, 30 pictures').waitFor(LATER)
  await source().getByRole('button', { name: 'Leave test out' }).click()
  await properties().getByText('2 classes, 24 pictures').waitFor(LATER)
  expect(await sources().getByRole('listitem').count()).toBe(1)
})

it('says which of them cannot be opened, and goes back to those before', async () => {
  await choose('Add folder', 'test')
  await properties().getByText('2 classes, 30 pictures').waitFor(LATER)
  await choose('Add folder', 'gone')
  await properties().getByText('2 classes, 31 pictures').waitFor(LATER)
  await rm(join(workbench.root, 'gone'), { recursive: true })
  await page.getByRole('button', { name: 'Leave train out' }).click()
  const failure = page.getByRole('alert')
  await failure.getByText(/gone does not exist/).waitFor(LATER)
  await page.getByRole('button', { name: 'Back to the data before' }).click()
  await failure.getByText(/gone does not exist/).waitFor(LATER)
  await source().getByRole('button', { name: 'Leave gone out' }).click()
  await properties().getByText('2 classes, 30 pictures').waitFor(LATER)
  expect(workbench.faults).toEqual([])
})
