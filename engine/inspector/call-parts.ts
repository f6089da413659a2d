import type { DataProgress } from '../protocol/messages.ts'

/** What a call is given beside its parameters. */
export interface CallParts {
  readonly onProgress: (progress: DataProgress) => void
  readonly signal: AbortSignal
}
