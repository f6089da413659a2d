import type axe from 'axe-core'
import type { Page } from 'playwright-core'

type Axe = typeof axe

/** What axe-core finds wrong with the page as it is, with the places. */
async function violations(page: Page, { source }: Axe): Promise<string[]> {
  // As the page's own script would be refused by its content security policy.
  await page.evaluate(source)
  const found = await page.evaluate(async () => {
    const { axe: own } = window as unknown as { axe: Axe }
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
    return (await own.run(document, { runOnly: { type: 'tag', values: tags } })).violations
  })
  return found.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help}: ${target.join(' ')}: ${html.slice(0, 120)}`),
  )
}

/** What axe-core finds wrong with the page as it is, in each theme. */
export async function violationsInBothThemes(page: Page, axe: Axe): Promise<{ light: string[]; dark: string[] }> {
  const found = { light: [] as string[], dark: [] as string[] }
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme })
    await page.locator(`html[data-theme="${theme}"]`).waitFor()
    // Motion is reduced to nothing, but what it changes is drawn in the frames after.
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))),
    )
    found[theme] = await violations(page, axe)
  }
  return found
}
