/** A running trainer or inspector, seen from the host: what starts it and how it dies differ between shells. */
export interface EngineProcess {
  /** Messages to a process that has ended are dropped; its exit has been told. */
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  /** Called once; `code` or `signal` is undefined where the system does not say. */
  onExit(listener: (code: number | undefined, signal: string | undefined) => void): void
  /** Ends it at once. */
  kill(): void
}

export type EngineProcessKind = 'trainer' | 'inspector'

export type SpawnEngineProcess = (kind: EngineProcessKind) => EngineProcess

/** How a process ended, as part of a sentence: 'signal SIGKILL', 'exit code 1'. */
export function exitReason(code: number | undefined, signal: string | undefined): string {
  if (signal !== undefined) return `signal ${signal}`
  return code === undefined ? 'for an unknown reason' : `exit code ${code}`
}
