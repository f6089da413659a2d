/** Runs work at most once per animation frame; asking again before the frame comes changes nothing. */
export interface FrameTask {
  request(): void
  cancel(): void
}

/** What drives frames; a test hands in its own. Frames do not come while the page is hidden. */
export interface FrameClock {
  requestFrame(callback: () => void): number
  cancelFrame(handle: number): void
}

export const browserFrames: FrameClock = {
  requestFrame: (callback) => requestAnimationFrame(() => callback()),
  cancelFrame: (handle) => cancelAnimationFrame(handle),
}

export function createFrameTask(work: () => void, clock: FrameClock = browserFrames): FrameTask {
  let handle: number | undefined
  return {
    request() {
      handle ??= clock.requestFrame(() => {
        handle = undefined
        work()
      })
    },
    cancel() {
      if (handle !== undefined) clock.cancelFrame(handle)
      handle = undefined
    },
  }
}

/**
 * Resolves at the next animation frame. A listener of frames that returns it is acknowledged at the pace of drawing,
 * and not at all while the page is hidden.
 */
export function nextFrame(clock: FrameClock = browserFrames): Promise<void> {
  return new Promise((resolve) => {
    clock.requestFrame(resolve)
  })
}
