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
}
