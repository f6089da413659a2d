import { shallowRef, type ShallowRef } from 'vue'
import type { DataProgress } from '../../engine/protocol/messages.ts'
import { useConnectionStore } from './connection.ts'

export interface Task {
  /** Undefined while nothing is under way, and before the first word of it. */
  readonly progress: ShallowRef<DataProgress | undefined>
  readonly isRunning: ShallowRef<boolean>
  /** Asks the engine for work under a new id and follows it to its end; throws what the request throws. */
  readonly run: <Result>(request: (taskId: string) => Promise<Result>) => Promise<Result>
  /** Asks the engine to end it; the request then fails with 'cancelled'. */
  readonly cancel: () => void
}

/** Work of the engine that takes long; one piece at a time. */
export function createTask(): Task {
  const connection = useConnectionStore()
  const progress = shallowRef<DataProgress>()
  const isRunning = shallowRef(false)
  let current: string | undefined

  async function run<Result>(request: (taskId: string) => Promise<Result>): Promise<Result> {
    // Not randomUUID: a page served over plain HTTP to another machine does not have it.
    const taskId = crypto.getRandomValues(new Uint32Array(4)).join('-')
    current = taskId
    progress.value = undefined
    isRunning.value = true
    const stop = connection.client().subscribe({ kind: 'task', taskId }, { onFailure: () => undefined }, (next) => {
      if (current === taskId) progress.value = next
    })
    try {
      return await request(taskId)
    } finally {
      stop()
      if (current === taskId) {
        current = undefined
        progress.value = undefined
        isRunning.value = false
      }
    }
  }

  function cancel(): void {
    const taskId = current
    // A request that has just been answered has nothing left to end.
    if (taskId !== undefined)
      void connection
        .client()
        .request('tasks.cancel', { taskId })
        .catch(() => undefined)
  }

  return { progress, isRunning, run, cancel }
}
