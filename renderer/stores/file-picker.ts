import { defineStore } from 'pinia'
import { shallowRef } from 'vue'

export type PickedKind = 'dataFolder' | 'dataFile' | 'model' | 'picture' | 'runsFolder'

/** The picker over the engine's folders, for windows without a native one. */
export const useFilePickerStore = defineStore('filePicker', () => {
  const kind = shallowRef<PickedKind>()
  let answer: ((path: string | undefined) => void) | undefined

  /** Opens the picker; resolves with the chosen path, or undefined where the person closed it. */
  function pick(what: PickedKind): Promise<string | undefined> {
    close(undefined)
    kind.value = what
    return new Promise((resolve) => (answer = resolve))
  }

  function close(path: string | undefined): void {
    kind.value = undefined
    answer?.(path)
    answer = undefined
  }

  return { kind, pick, close }
})
