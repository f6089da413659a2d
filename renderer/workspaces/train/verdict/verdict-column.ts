import { useMediaQuery } from '@vueuse/core'
import type { Ref } from 'vue'

/** The window has room for the verdict beside everything else. */
export function useHasVerdictColumn(): Ref<boolean> {
  return useMediaQuery('(min-width: 1800px)')
}
