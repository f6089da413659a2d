import { useEventListener } from '@vueuse/core'
import { matchesKeys } from '../actions/key-combination.ts'
import { useActionsStore } from '../stores/actions.ts'

const typing =
  'input:not([type="range"], [type="checkbox"]), textarea, select, [contenteditable="true"], [role="combobox"]'
const takesKeys = `${typing}, input, button, a, summary, [role="slider"], [role="separator"], [role="menu"], [role="listbox"]`

/** Does the action whose keys are pressed, unless what has the focus needs them itself. */
export function useActionKeys(): void {
  const store = useActionsStore()

  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing) return
    const target = event.target instanceof Element ? event.target : document.body
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey
    if (isPlain && target.closest(typing)) return
    // Space and Enter press the button they are on; arrows belong to the slider or list they are on.
    const isOwnKey = event.key === ' ' || event.key === 'Enter' || event.key.startsWith('Arrow')
    if (isPlain && isOwnKey && target.closest(takesKeys)) return
    if (isPlain && document.querySelector('[role="dialog"][data-state="open"], [role="menu"]')) return

    const action = store.actions.find(
      ({ keys, isAvailable }) =>
        keys?.some((combination) => matchesKeys(event, combination)) && (isAvailable?.() ?? true),
    )
    if (!action) return
    event.preventDefault()
    if (event.repeat && action.once) return
    action.perform()
  })
}
