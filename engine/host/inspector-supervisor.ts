import type { InspectorCalls, InspectorCommand, InspectorEvent, InspectorMethod } from '../protocol/inspector.ts'
import type { DataProgress } from '../protocol/messages.ts'
import { type EngineProcess, exitReason, type SpawnEngineProcess } from './engine-process.ts'
import { RequestError } from './request-error.ts'

const MAXIMUM_PENDING_CALLS = 256

interface PendingCall {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: RequestError) => void
  readonly onProgress: ((progress: DataProgress) => void) | undefined
}

export interface CallOptions {
  readonly onProgress?: (progress: DataProgress) => void
  /** Asks the inspector to end the call, which then fails with 'cancelled'. */
  readonly signal?: AbortSignal
}

/** Keeps an inspector process: started by the first call, and again by the next one after it has died. */
export class InspectorSupervisor {
  readonly #spawn: SpawnEngineProcess
  readonly #onProgress: (progress: DataProgress) => void
  readonly #pending = new Map<number, PendingCall>()
  #process: EngineProcess | undefined
  #nextId = 1

  constructor(spawn: SpawnEngineProcess, onProgress: (progress: DataProgress) => void) {
    this.#spawn = spawn
    this.#onProgress = onProgress
  }

  /** Rejects with RequestError: the inspector's own, or 'internal' where it died. */
  call<M extends InspectorMethod>(
    method: M,
    parameters: InspectorCalls[M]['parameters'],
    { onProgress, signal }: CallOptions = {},
  ): Promise<InspectorCalls[M]['result']> {
    if (this.#pending.size >= MAXIMUM_PENDING_CALLS) {
      const sentence = `${MAXIMUM_PENDING_CALLS} requests are waiting already; try again in a moment.`
      return Promise.reject(new RequestError('conflict', sentence))
    }
    if (signal?.aborted) return Promise.reject(new RequestError('cancelled', 'This was cancelled before it began.'))
    const id = this.#nextId++
    const inspector = (this.#process ??= this.#start())
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve: (value) => resolve(value as InspectorCalls[M]['result']), reject, onProgress })
      inspector.post({ kind: 'call', id, method, parameters } satisfies InspectorCommand)
      signal?.addEventListener('abort', () => inspector.post({ kind: 'cancel', id } satisfies InspectorCommand))
    })
  }

  cancelOpening(): void {
    this.#process?.post({ kind: 'cancelOpening' } satisfies InspectorCommand)
  }

  close(): void {
    this.#process?.kill()
  }

  #start(): EngineProcess {
    const started = this.#spawn('inspector')
    started.onMessage((message) => this.#receive(message as InspectorEvent))
    started.onExit((code, signal) => {
      if (this.#process === started) this.#process = undefined
      const sentence = `The process that looks at data and networks ended (${exitReason(code, signal)}); it starts again with the next request, so try once more.`
      for (const call of this.#pending.values()) call.reject(new RequestError('internal', sentence))
      this.#pending.clear()
    })
    return started
  }

  #receive(event: InspectorEvent): void {
    if (event.kind === 'progress') {
      if (event.id === undefined) this.#onProgress(event.progress)
      else this.#pending.get(event.id)?.onProgress?.(event.progress)
      return
    }
    const call = this.#pending.get(event.id)
    this.#pending.delete(event.id)
    if (event.kind === 'result') call?.resolve(event.value)
    else call?.reject(new RequestError(event.code, event.message))
  }
}
