import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { violationsInBothThemes } from './axe-violations.ts'
import { type OpenedWorkbench, openWorkbench } from './open-workbench.ts'

const SOON = { timeout: 15_000 }
const LATER = { timeout: 90_000 }

let workbench: OpenedWorkbench
let page: Page
/** What the engine has told the window, as far as it is text. */
const told: string[] = []

beforeAll(async () => {
  workbench = await openWorkbench({ reducedMotion: 'reduce' }, (opened) =>
    opened.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => told.push(payload.toString('latin1'))),
    ),
  )
  page = workbench.page
  await page.getByText('1,530 pictures').waitFor(LATER)
})

afterAll(() => workbench?.close())

const heading = (name: string | RegExp) => page.getByRole('heading', { name })
const picture = () => page.getByRole('img', { name: /^Filter \d+ of 20: 1 channel of 7×7$/ })
const pixels = () => picture().evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL())
const origins = () => told.filter((text) => text.includes('shuffled') && text.includes('origin'))

describe('a round of telling trained filters from noise, by keyboard alone', () => {
  it('offers a round of its own where nothing is open', async () => {
    await page.keyboard.press('5')
    await heading('Learned or noise?').waitFor(SOON)
    await page.getByRole('textbox', { name: 'Round' }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('1201')
    await page.keyboard.press('Enter')
    await page.getByText('Training on X or O').waitFor(LATER)
    await heading('Filter 1 of 20').waitFor(LATER)
    await page.getByText('X or O, conv1, round 1201').waitFor()
  })

  it('shows another filter after each vote, and the one before when it is taken back', async () => {
    const first = await pixels()
    await page.keyboard.press('ArrowRight')
    await heading('Filter 2 of 20').waitFor(SOON)
    const second = await pixels()
    expect(second).not.toBe(first)
    await page.keyboard.press('Shift+F')
    await heading('Filter 3 of 20').waitFor(SOON)
    await page.keyboard.press('Backspace')
    await heading('Filter 2 of 20').waitFor(SOON)
    expect(await pixels()).toBe(second)
    await page.keyboard.press('Control+z')
    await heading('Filter 1 of 20').waitFor(SOON)
    expect(await pixels()).toBe(first)
  })

  it('takes one vote from a key that is held down', async () => {
    await page.keyboard.down('ArrowLeft')
    await page.keyboard.down('ArrowLeft')
    await page.keyboard.down('ArrowLeft')
    await page.keyboard.up('ArrowLeft')
    await heading('Filter 2 of 20').waitFor(SOON)
    await page.keyboard.press('Backspace')
    await heading('Filter 1 of 20').waitFor(SOON)
  })

  it('keeps the votes while another workspace is in front, and while the window is loaded again', async () => {
    for (const keys of ['j', 'f', 'Shift+ArrowRight']) await page.keyboard.press(keys)
    await heading('Filter 4 of 20').waitFor(SOON)
    const fourth = await pixels()
    await page.keyboard.press('1')
    // Where there is no round, the keys of the votes do nothing to it.
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('5')
    await heading('Filter 4 of 20').waitFor(SOON)
    await page.reload()
    await heading('Filter 4 of 20').waitFor(LATER)
    await expect.poll(pixels, SOON).toBe(fourth)
  })

  it('takes votes from buttons as well, whose focus leaves the arrows to the votes', async () => {
    await page.getByRole('button', { name: /^Surely noise/ }).focus()
    await page.keyboard.press('Space')
    await heading('Filter 5 of 20').waitFor(SOON)
    await page.keyboard.press('ArrowLeft')
    await heading('Filter 6 of 20').waitFor(SOON)
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
  })

  it('has nothing wrong with it for axe-core', async () => {
    expect(await violationsInBothThemes(page, axe)).toEqual({ light: [], dark: [] })
  })

  it('does not know where filters come from before the last vote', async () => {
    for (let card = 6; card <= 20; card++) {
      await heading(`Filter ${card} of 20`).waitFor(SOON)
      await page.keyboard.press(card % 3 === 0 ? 'ArrowLeft' : 'ArrowRight')
    }
    await heading('All 20 filters have your vote.').waitFor(SOON)
    const note = page.getByText(/^Between 8 and 12 of the 20 are trained\./)
    expect(await note.evaluate((text) => text.getBoundingClientRect().right <= innerWidth)).toBe(true)
    expect(told.some((text) => text.includes('digest'))).toBe(true)
    expect(origins()).toEqual([])
  })

  it('tells the truth for all votes, and what they are worth', async () => {
    await page.keyboard.press('Enter')
    await heading(/^You: \d+ of 20\. The verdict: \d+ of 20\.$/).waitFor(LATER)
    expect(origins()).toHaveLength(1)
    const table = page.getByRole('region', { name: 'Every filter of the round' })
    const rows = await table.getByRole('row').allInnerTexts()
    expect(rows).toHaveLength(21)
    // The score that is told is that of the rows.
    const cells = await table
      .locator('tbody tr')
      .evaluateAll((all) =>
        all.map((row) => [...row.querySelectorAll('td')].map((cell) => (cell as HTMLElement).textContent ?? '')),
      )
    const isTrained = (row: readonly string[]) => /, trained$/.test(row[1]?.trim() ?? '')
    const right = cells.filter((row) => /learned/.test(row[2] ?? '') === isTrained(row)).length
    const marked = cells.filter((row) => /right\s*$/.test(row[2] ?? '')).length
    expect(marked).toBe(right)
    await heading(new RegExp(`^You: ${right} of 20`)).waitFor(SOON)
    const trained = cells.filter(isTrained).length
    expect(trained).toBeGreaterThanOrEqual(8)
    expect(trained).toBeLessThanOrEqual(12)
    expect(cells.filter((row) => /, (at birth|shuffled)$/.test(row[1]?.trim() ?? ''))).toHaveLength(20 - trained)
    await page.getByText(/^With 20 filters a coin gets \d+ or more right in /).waitFor()
    await page.getByRole('img', { name: /^You: \d+ of 20 right, area \d\.\d\d; The verdict: / }).waitFor()
    expect(await violationsInBothThemes(page, axe)).toEqual({ light: [], dark: [] })
  })

  it('is still told after the window is loaded again, and dealt anew on request', async () => {
    const score = await heading(/^You: /).innerText()
    await page.reload()
    await heading(score).waitFor(LATER)
    await page.evaluate(() => (document.activeElement as HTMLElement).blur())
    await page.keyboard.press('n')
    await heading('Filter 1 of 20').waitFor(SOON)
    await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: 'Leave the round' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Round' }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('1201')
    await page.keyboard.press('Enter')
    await heading('Filter 1 of 20').waitFor(SOON)
    for (let card = 1; card <= 20; card++) await page.keyboard.press('j')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'The same round again' }).focus()
    await page.keyboard.press('Enter')
    await heading('Filter 1 of 20').waitFor(SOON)
    await page.getByText('X or O, conv1, round 1201').waitFor()
    await page.getByRole('button', { name: 'Leave the round' }).focus()
    await page.keyboard.press('Enter')
    await heading('Learned or noise?').waitFor(SOON)
  })

  it('deals of the run in view, by the palette', async () => {
    await page.getByRole('button', { name: 'Take the newest run' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('combobox', { name: 'Layer' }).waitFor(SOON)
    await page.keyboard.press('Control+k')
    await page.keyboard.type('deal the')
    await page.keyboard.press('Enter')
    await heading('Filter 1 of 20').waitFor(SOON)
    await page.getByText(/^small-guess, step [\d,]+, conv1, round \d+$/).waitFor()
  })

  it('did all that without an error in the page', () => {
    expect(workbench.faults).toEqual([])
  })
})
