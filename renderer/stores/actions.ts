import { defineStore } from 'pinia'
import { computed, onScopeDispose, shallowRef } from 'vue'
import type { Action } from '../actions/action.ts'

/** Everything that can be done in the window at this moment. */
export const useActionsStore = defineStore('actions', () => {
  const groups = shallowRef<readonly (() => readonly Action[])[]>([])
  const actions = computed(() => groups.value.flatMap((group) => group()))

  /** Adds actions until the returned function is called. */
  function register(group: () => readonly Action[]): () => void {
    groups.value = [...groups.value, group]
    return () => {
      groups.value = groups.value.filter((other) => other !== group)
    }
  }

  function find(id: string): Action | undefined {
    return actions.value.find((action) => action.id === id)
  }

  /** Does the action of that name where it can be done now. */
  function perform(id: string): void {
    const action = find(id)
    if (action && (action.isAvailable?.() ?? true)) action.perform()
  }

  return { actions, register, find, perform }
})

/** Offers actions for as long as the component (or effect scope) that calls this lives. */
export function useActions(group: () => readonly Action[]): void {
  onScopeDispose(useActionsStore().register(group))
}
