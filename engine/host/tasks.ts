import type { DataProgress } from '../protocol/messages.ts'
import { LatestFeed } from './latest-feed.ts'
import { RequestError } from './request-error.ts'

/** How far one task is. */
class TaskFeed extends LatestFeed<DataProgress> {
  /** It tells by itself. */
  wanted(): void {}
}

/** What work that takes long is given. */
export interface TaskParts {
  readonly onProgress: (progress: DataProgress) => void
  readonly signal: AbortSignal
}

/** Work that takes long, by the id that the window which began it has chosen: how far it is, and how to end it. */
export class Tasks {
  readonly #controllers = new Map<string, AbortController>()
  /** A window may follow a task before it begins it. */
  readonly #feeds = new Map<string, TaskFeed>()

  /** Does `work` as a task. Throws RequestError where one of that id is under way, and what `work` throws. */
  async run<Result>(taskId: string, work: (parts: TaskParts) => Promise<Result>): Promise<Result> {
    if (this.#controllers.has(taskId)) {
      throw new RequestError('conflict', `A task with the id ${taskId} is under way already; choose another id.`)
    }
    const controller = new AbortController()
    this.#controllers.set(taskId, controller)
    try {
      return await work({
        onProgress: (progress) => this.#feeds.get(taskId)?.publish(progress),
        signal: controller.signal,
      })
    } finally {
      this.#controllers.delete(taskId)
    }
  }

  /** Nothing happens where there is no such task: it may just have ended. */
  cancel(taskId: string): void {
    this.#controllers.get(taskId)?.abort()
  }

  /** What a subscription to the task listens to. */
  feed(taskId: string): LatestFeed<DataProgress> {
    const feed = this.#feeds.get(taskId) ?? new TaskFeed(() => this.#feeds.delete(taskId))
    this.#feeds.set(taskId, feed)
    return feed
  }
}
