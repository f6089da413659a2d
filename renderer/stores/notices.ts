import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { ProtocolError } from '../../engine/protocol/protocol-error.ts'
import type { Toast } from '../components/ToastStack.vue'

/** Short messages to the person: what just happened, or why it did not. */
export const useNoticesStore = defineStore('notices', () => {
  const toasts = shallowRef<readonly Toast[]>([])
  let nextId = 1

  function show(message: string, kind: Toast['kind'] = 'info', action?: Toast['action']): void {
    // The same sentence twice tells nothing new.
    const others = toasts.value.filter((toast) => toast.message !== message)
    toasts.value = [...others, { id: nextId++, message, kind, ...(action ? { action } : {}) }].slice(-4)
  }

  function dismiss(id: number): void {
    toasts.value = toasts.value.filter((toast) => toast.id !== id)
  }

  /** Does something that may fail and shows the sentence where it does. */
  async function attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      // A person who cancels knows it, and a lost connection has its own banner.
      const isKnown = error instanceof ProtocolError && (error.code === 'cancelled' || error.code === 'connectionLost')
      if (!isKnown) show((error as Error).message, 'error')
      return false
    }
  }

  return { toasts, show, dismiss, attempt }
})
