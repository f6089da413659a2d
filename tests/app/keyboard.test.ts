import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'
import { writePictureFolder } from './picture-files.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }
/** More than any workspace has. */
const MOST_STOPS = 80

let workbench: OpenedWorkbench
let page: Page

beforeAll(async () => {
  workbench = await openWorkbench()
  page = workbench.page
  for (const name of ['halves', 'hats']) {
    await writePictureFolder(join(workbench.root, 'pictures', name), ['bottom', 'top'], 40)
  }
  await page.getByText('1,530 pictures').waitFor(LATER)
})

afterAll(() => workbench?.close())

const focusedName = () =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent?.trim() ?? ''
  })

/** Presses Tab until what has the focus has that name. */
async function tabTo(name: RegExp): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if (name.test(await focusedName())) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`No control called ${name} is reached with Tab.`)
}

const stateOfRun = () => page.locator('header[aria-label="State of the run"]').getByRole('status')
const stepInView = () => page.getByRole('slider', { name: 'Step in view' }).inputValue()

describe('without a mouse', () => {
  it('a folder is found, entered and opened', async () => {
    await page.keyboard.press('Control+o')
    const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
    await expect.poll(focusedName, SOON).toBe('Filter by name')
    await page.keyboard.type('pict')
    await page.keyboard.press('Enter')
    await expect.poll(() => dialog.locator('.path').innerText(), SOON).toBe(join(workbench.root, 'pictures'))
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await expect.poll(focusedName, SOON).toBe('hats')
    await page.keyboard.press('ArrowUp')
    await expect.poll(focusedName, SOON).toBe('halves')
    await page.keyboard.press('ArrowUp')
    await expect.poll(focusedName, SOON).toBe('Filter by name')
    await page.keyboard.type('halves')
    await page.keyboard.press('Enter')
    await expect.poll(() => dialog.locator('.path').innerText(), SOON).toContain('halves')
    await expect.poll(focusedName, SOON).toBe('Filter by name')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByRole('button', { name: /^top .* Train/ }).waitFor(LATER)
  })

  it('what is typed before the list has come, Enter too, is meant for that list', async () => {
    await page.keyboard.press('Control+o')
    const dialog = page.getByRole('dialog', { name: 'Open a data folder' })
    await expect.poll(focusedName, SOON).toBe('Filter by name')
    await dialog.locator('.path').getByText(join(workbench.root, 'pictures'), { exact: true }).waitFor(SOON)
    await dialog.getByText('hats', { exact: true }).waitFor(SOON)
    // All of it in one turn of the window: no answer of the engine can come in between.
    await page.evaluate(() => {
      const field = document.activeElement as HTMLInputElement
      const type = (name: string): void => {
        field.value = name
        field.dispatchEvent(new InputEvent('input', { bubbles: true }))
      }
      const enter = () => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))
      type('hats')
      enter()
      type('bottom')
      enter()
    })
    const inside = join(workbench.root, 'pictures', 'hats', 'bottom')
    await expect.poll(() => dialog.locator('.path').innerText(), SOON).toBe(inside)
    expect(await dialog.getByRole('searchbox').inputValue()).toBe('')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
  })

  it('a network is trained, its filters are walked through, and it is scrubbed back to its birth', async () => {
    await page.keyboard.press('2')
    await tabTo(/^Epochs$/)
    await page.keyboard.press('Control+a')
    await page.keyboard.type('4')
    await page.keyboard.press('Control+Enter')
    await expect.poll(() => stateOfRun().innerText(), LATER).toBe('Finished')

    await tabTo(/^Filters of conv1/)
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Filter 0' }).waitFor(SOON)
    await page.keyboard.press('ArrowRight')
    await page.getByRole('heading', { name: 'Filter 1' }).waitFor(SOON)
    await page.keyboard.press('Escape')
    await page.getByText('No filter selected').waitFor(SOON)

    await tabTo(/^Step in view$/)
    await page.keyboard.press('Home')
    await expect.poll(stepInView, SOON).toBe('0')
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => Number(await stepInView()), SOON).toBeGreaterThan(0)
    await page.keyboard.press('End')
    await page.keyboard.press(']')
    await page.getByRole('listbox', { name: /^Filters of conv2/ }).waitFor(SOON)
  })

  it('every stop of Tab is seen: it lies in the window and is marked', async () => {
    for (const workspace of ['1', '2', '3', '4', '5']) {
      await page.keyboard.press('Escape')
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
      await page.keyboard.press(workspace)
      await page.waitForTimeout(300)
      for (let stop = 0; stop < MOST_STOPS; stop++) {
        await page.keyboard.press('Tab')
        const place = await page.evaluate(async () => {
          const element = document.activeElement
          if (!element || element === document.body) return undefined
          await new Promise(requestAnimationFrame)
          await Promise.all(element.getAnimations().map((animation) => animation.finished))
          const { left, top, right, bottom, width, height } = element.getBoundingClientRect()
          const isOutlined = (of: Element | null | undefined): boolean =>
            !!of && (getComputedStyle(of).outlineStyle !== 'none' || getComputedStyle(of).boxShadow !== 'none')
          // A field of several parts is marked as a whole; the border of a pane is filled.
          const isFilled =
            element.role === 'separator' && getComputedStyle(element).backgroundColor !== 'rgba(0, 0, 0, 0)'
          return {
            control: element.outerHTML.slice(0, 200),
            isInside: right > 0 && bottom > 0 && left < innerWidth && top < innerHeight && width * height > 0,
            isMarked: isOutlined(element) || isOutlined(element.parentElement) || isFilled,
          }
        })
        if (place === undefined) break
        expect(place).toEqual({ control: place.control, isInside: true, isMarked: true })
      }
    }
  })
})
