import { defineStore } from 'pinia'
import { computed } from 'vue'
import { useLocalStorage, useEventListener } from '@vueuse/core'
import { shallowRef } from 'vue'

export const workspaceIds = ['data', 'model', 'train', 'runs', 'learn'] as const
export type WorkspaceId = (typeof workspaceIds)[number]

/** Which workspace is in front: it stands in the address, so that a reload comes back to it. */
export const useWorkspaceStore = defineStore('workspace', () => {
  const hash = shallowRef(location.hash)
  useEventListener(window, 'hashchange', () => (hash.value = location.hash))

  const current = computed<WorkspaceId>(() => workspaceIds.find((id) => hash.value === `#/${id}`) ?? 'data')
  const isProblemsOpen = useLocalStorage('filterscope.problemsOpen', false)

  function show(id: WorkspaceId): void {
    if (location.hash === `#/${id}`) return
    history.replaceState(null, '', `#/${id}`)
    hash.value = location.hash
  }

  return { current, isProblemsOpen, show }
})
