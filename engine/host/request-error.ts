import type { z } from 'zod'
import type { ErrorCode } from '../protocol/messages.ts'
import { RunError } from '../runs/run-error.ts'

/** What a window's request fails with: a code and one sentence. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Any error as the failure a window is told; an error that is no one's fault but ours is also printed. */
export function asFailure(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof RequestError) return { code: error.code, message: error.message }
  if (error instanceof RunError) return { code: 'badInput', message: error.message }
  console.error(error)
  const message = error instanceof Error ? error.message : String(error)
  return { code: 'internal', message: `The engine could not do this: ${message}` }
}

/** The first thing wrong with a value, as a sentence about `subject`. */
export function invalidSentence(subject: string, error: z.ZodError): string {
  const issue = error.issues[0]
  const place = issue?.path.length ? ` at ${issue.path.join('.')}` : ''
  return `${subject} is not valid${place}: ${issue?.message ?? 'it cannot be read'}.`
}
