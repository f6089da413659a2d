/**
 * Key combinations are written 'Mod+Shift+E', '?', 'Space', 'ArrowLeft'; Mod is Cmd on a Mac and Ctrl elsewhere.
 * A single printable character stands for itself, however it is typed.
 */
export interface PressedKey {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly shiftKey: boolean
  readonly altKey: boolean
}

export function isMac(): boolean {
  return typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform)
}

/** Whether a pressed key is the combination. */
export function matchesKeys(event: PressedKey, keys: string, mac = isMac()): boolean {
  const parts = keys.split('+')
  const wanted = parts.at(-1) ?? ''
  const mod = parts.includes('Mod')
  if (event.ctrlKey !== (mod && !mac) || event.metaKey !== (mod && mac)) return false
  if (event.altKey !== parts.includes('Alt')) return false
  const pressed = event.key === ' ' ? 'Space' : event.key
  // '?' needs Shift on most keyboards and not on all of them: only letters and named keys care about Shift.
  const isSymbol = wanted.length === 1 && wanted.toLowerCase() === wanted.toUpperCase()
  if (!isSymbol && event.shiftKey !== parts.includes('Shift')) return false
  return pressed.toLowerCase() === wanted.toLowerCase()
}

const names: Readonly<Record<string, string>> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
  Delete: 'Del',
}

/** The parts of a combination as they stand on this machine's keyboard. */
export function describeKeys(keys: string, mac = isMac()): string[] {
  return keys.split('+').map((part) => {
    if (part === 'Mod') return mac ? '⌘' : 'Ctrl'
    if (part === 'Shift') return mac ? '⇧' : 'Shift'
    if (part === 'Alt') return mac ? '⌥' : 'Alt'
    return names[part] ?? part
  })
}
