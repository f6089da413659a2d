import { defineStore } from 'pinia'
import { markRaw, shallowRef, watch } from 'vue'
import type { DataExamination } from '../../engine/protocol/examination.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { useConnectionStore } from './connection.ts'
import { useDataStore } from './data.ts'
import { createTask } from './task.ts'

/** What the pictures in the window look like on average, and which of them are in two splits: looked at when asked for. */
export const useDataExaminationStore = defineStore('dataExamination', () => {
  const connection = useConnectionStore()
  const data = useDataStore()
  const task = createTask()

  const examination = shallowRef<DataExamination>()
  const error = shallowRef<string>()

  async function run(): Promise<void> {
    const dataId = data.opened?.dataId
    if (dataId === undefined) return
    forget()
    try {
      const found = await task.run((taskId) => connection.client().request('data.examine', { dataId, taskId }))
      if (dataId === data.opened?.dataId) examination.value = markRaw(found)
    } catch (failure) {
      const isCancelled = failure instanceof ProtocolError && failure.code === 'cancelled'
      if (dataId === data.opened?.dataId && !isCancelled) error.value = (failure as Error).message
    }
  }

  function forget(): void {
    examination.value = undefined
    error.value = undefined
  }

  watch(
    () => data.opened?.dataId,
    () => {
      task.cancel()
      forget()
    },
  )

  return { examination, error, progress: task.progress, isRunning: task.isRunning, run, cancel: task.cancel }
})
