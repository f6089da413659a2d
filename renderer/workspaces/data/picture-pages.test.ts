import { describe, expect, it, vi } from 'vitest'
import type { Thumbnails } from '../../../engine/protocol/data.ts'
import { createPicturePages } from './picture-pages.ts'

function page(offset: number, count: number): Thumbnails {
  const indices = Array.from({ length: count }, (_, index) => (offset + index) * 2)
  return {
    width: 1,
    height: 1,
    channels: 1,
    indices,
    labels: indices.map((index) => index % 3),
    pixels: new Uint8Array(count),
  }
}

const settle = () => new Promise((resolve) => setTimeout(resolve))

describe('pages of pictures', () => {
  it('fetches what is in view and the pages beside it, each once, the last one as short as it is', async () => {
    const fetch = vi.fn((offset: number, count: number) => Promise.resolve(page(offset, count)))
    const pages = createPicturePages({ count: 500, bytesPerPicture: 784, fetch, onChange: () => undefined })
    pages.want(250, 260)
    pages.want(250, 270)
    await settle()
    expect(fetch.mock.calls).toEqual([
      [240, 240],
      [480, 20],
      [0, 240],
    ])
    expect(pages.pictureAt(499)?.indexInSplit).toBe(998)
    expect(pages.pictureAt(241)).toMatchObject({ offset: 1, indexInSplit: 482, label: 482 % 3 })
  })

  it('asks for two pages at a time, what is in view now before what was', async () => {
    const answers: (() => void)[] = []
    const fetch = vi.fn(
      (offset: number, count: number) =>
        new Promise<Thumbnails>((resolve) => answers.push(() => resolve(page(offset, count)))),
    )
    const pages = createPicturePages({ count: 10_000, bytesPerPicture: 784, fetch, onChange: () => undefined })
    pages.want(0, 900)
    expect(fetch).toHaveBeenCalledTimes(2)
    pages.want(7200, 7300)
    answers[0]?.()
    await settle()
    expect(fetch.mock.calls[2]).toEqual([7200, 240])
  })

  it('keeps within its budget, never dropping what is in view', async () => {
    const pages = createPicturePages({
      count: 4000,
      bytesPerPicture: 1 << 17,
      budgetBytes: 4 << 20,
      fetch: (offset, count) => Promise.resolve(page(offset, count)),
      onChange: () => undefined,
    })
    for (let position = 0; position < 400; position += 8) {
      pages.want(position, position + 8)
      await settle()
    }
    expect(pages.pictureAt(0)).toBeUndefined()
    expect(pages.pictureAt(392)).toBeDefined()
  })

  it('says why a page is missing and does not ask for it for ever', async () => {
    const fetch = vi.fn(() => Promise.reject(new Error('The file is gone.')))
    const pages = createPicturePages({ count: 10, bytesPerPicture: 784, fetch, onChange: () => undefined })
    pages.want(0, 10)
    await settle()
    pages.want(0, 10)
    await settle()
    expect(pages.error).toBe('The file is gone.')
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})
