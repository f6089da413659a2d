import type { Thumbnails } from '../../../engine/protocol/data.ts'

/** One picture out of a page: where its bytes begin, its place in the split, its class. */
export interface LoadedPicture {
  readonly page: Thumbnails
  readonly offset: number
  readonly indexInSplit: number
  readonly label: number
}

export interface PicturePages {
  /** The picture at a position of the list, if it is here. */
  pictureAt(position: number): LoadedPicture | undefined
  pageOf(position: number): { readonly page: Thumbnails | undefined; readonly number: number; readonly offset: number }
  /** Says which positions are in view: their pages are fetched, those fetched longest ago are let go. */
  want(from: number, to: number): void
  /** Why pages are missing; cleared by the next success. */
  readonly error: string | undefined
  stop(): void
}

export interface PicturePagesOptions {
  readonly count: number
  readonly bytesPerPicture: number
  readonly fetch: (offset: number, count: number) => Promise<Thumbnails>
  /** Called whenever a page came or could not be had. */
  readonly onChange: () => void
  readonly budgetBytes?: number
}

const pageBytes = 1 << 20
const parallelFetches = 2

/** Fetches a long list of pictures page by page as they come into view, within a budget of memory. */
export function createPicturePages(options: PicturePagesOptions): PicturePages {
  const { count, bytesPerPicture, fetch, onChange, budgetBytes = 32 << 20 } = options
  const pageSize = Math.max(8, Math.min(240, Math.floor(pageBytes / Math.max(1, bytesPerPicture))))
  const keptPages = Math.max(4, Math.floor(budgetBytes / (pageSize * Math.max(1, bytesPerPicture))))
  // In the order of their last use: a map keeps the order of insertion.
  const pages = new Map<number, Thumbnails>()
  const fetching = new Set<number>()
  const failed = new Set<number>()
  let wanted: number[] = []
  let error: string | undefined
  let isStopped = false

  function fetchNext(): void {
    while (!isStopped && fetching.size < parallelFetches) {
      const number = wanted.find((page) => !pages.has(page) && !fetching.has(page) && !failed.has(page))
      if (number === undefined) return
      fetching.add(number)
      void fetchPage(number)
    }
  }

  async function fetchPage(number: number): Promise<void> {
    const offset = number * pageSize
    try {
      const page = await fetch(offset, Math.min(pageSize, count - offset))
      if (isStopped) return
      pages.set(number, page)
      error = undefined
      forgetOldest()
    } catch (failure) {
      if (isStopped) return
      failed.add(number)
      error = (failure as Error).message
    } finally {
      fetching.delete(number)
    }
    onChange()
    fetchNext()
  }

  function forgetOldest(): void {
    for (const number of pages.keys()) {
      if (pages.size <= keptPages) return
      if (!wanted.includes(number)) pages.delete(number)
    }
  }

  function pageOf(position: number): { page: Thumbnails | undefined; number: number; offset: number } {
    const number = Math.floor(position / pageSize)
    return { page: pages.get(number), number, offset: position - number * pageSize }
  }

  return {
    get error() {
      return error
    },
    pageOf,
    pictureAt(position) {
      const { page, offset } = pageOf(position)
      const indexInSplit = page?.indices[offset]
      const label = page?.labels[offset]
      if (!page || indexInSplit === undefined || label === undefined) return undefined
      return { page, offset, indexInSplit, label }
    },
    want(from, to) {
      const first = Math.floor(Math.max(0, from) / pageSize)
      const last = Math.floor((Math.min(count, to) - 1) / pageSize)
      wanted = []
      for (let number = first; number <= last; number++) {
        wanted.push(number)
        const page = pages.get(number)
        if (!page) continue
        pages.delete(number)
        pages.set(number, page)
      }
      // One page ahead either way, so that scrolling on finds it there.
      if ((last + 1) * pageSize < count) wanted.push(last + 1)
      if (first > 0) wanted.push(first - 1)
      fetchNext()
    },
    stop() {
      isStopped = true
    },
  }
}
