import type { Component } from 'vue'
import type { MessageKey } from '../i18n/text.ts'

/** One thing a person can do: buttons, palette, shortcuts and the list of keys all read this record. */
export interface Action {
  readonly id: string
  /** Heading it stands under in the palette and in the list of keys. */
  readonly group: MessageKey
  readonly label: MessageKey
  /** What `label` is filled with. */
  readonly values?: Readonly<Record<string, string | number>>
  readonly icon: Component
  /** Every combination that does it, the one to show first. */
  readonly keys?: readonly string[]
  /** Keys that are held down do it only once. */
  readonly once?: boolean
  /** Whether it can be done now; left out: always. */
  readonly isAvailable?: () => boolean
  readonly perform: () => void
}
