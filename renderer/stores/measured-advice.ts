import { computed, markRaw, shallowRef, watch } from 'vue'
import type { WidthAdvice } from '../../engine/protocol/advice.ts'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import { createTask } from './task.ts'

/** Advice about the layer in view, measured on request; `key` names the question, and another one forgets the answer. */
export function createMeasuredAdvice(key: () => string) {
  const task = createTask()
  const measured = shallowRef<WidthAdvice>()
  const error = shallowRef<string>()
  const asked = shallowRef('')
  const advice = computed(() => (asked.value === key() ? measured.value : undefined))

  async function measure(request: (taskId: string) => Promise<WidthAdvice>): Promise<void> {
    const question = key()
    asked.value = question
    measured.value = undefined
    error.value = undefined
    try {
      const answer = await task.run(request)
      if (asked.value === question) measured.value = markRaw(answer)
    } catch (failure) {
      const isCancelled = failure instanceof ProtocolError && failure.code === 'cancelled'
      if (asked.value === question && !isCancelled) error.value = (failure as Error).message
    }
  }

  watch(key, () => {
    task.cancel()
    measured.value = undefined
    error.value = undefined
  })

  return { advice, error, progress: task.progress, isMeasuring: task.isRunning, measure, cancel: task.cancel }
}
