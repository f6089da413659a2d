import type { Pinia } from 'pinia'
import type { Component } from 'vue'
import type { Client } from '../../engine/protocol/client.ts'

/** One panel in one state. */
export interface GalleryEntry {
  readonly panel: string
  readonly state: 'empty' | 'loading' | 'error' | 'live'
  readonly component: Component
  readonly client: () => Client
  /** The run in view. */
  readonly runId?: string
  /** Brings the stores where a person would have brought them. */
  readonly prepare?: (pinia: Pinia) => void
}
