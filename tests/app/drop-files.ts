import type { Page } from 'playwright-core'

/** Drops files on the window as a person would from a file manager: their bytes by their names. */
export async function dropFiles(page: Page, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  const contents = Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')] as const)
  const transfer = await page.evaluateHandle((dropped) => {
    const data = new DataTransfer()
    for (const [name, base64] of dropped) {
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name))
    }
    return data
  }, contents)
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer })
}
