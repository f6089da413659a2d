import { nextTick, type Ref } from 'vue'

/**
 * Lets a list of entries (`.entry` buttons below `area`) be walked with the arrow keys from the text field that
 * filters them; Enter in that field is `accept`.
 */
export function useEntryKeys(area: Ref<HTMLElement | null>, filter: Ref<HTMLInputElement | null>, accept: () => void) {
  function onKeyDown(event: KeyboardEvent): void {
    if (event.key === 'Enter' && event.target === filter.value) {
      event.preventDefault()
      accept()
      return
    }
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    const entries = [...(area.value?.querySelectorAll<HTMLElement>('.entry:enabled') ?? [])]
    const at = entries.indexOf(document.activeElement as HTMLElement)
    const next = at + (event.key === 'ArrowDown' ? 1 : -1)
    if (next < 0) filter.value?.focus()
    else entries[next]?.focus()
  }

  /** The entries have changed, and with them what had the focus is gone. */
  async function focusFilter(): Promise<void> {
    await nextTick()
    filter.value?.focus()
  }

  return { onKeyDown, focusFilter }
}
