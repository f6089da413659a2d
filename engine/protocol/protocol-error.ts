import type { ErrorCode } from './messages.ts'

/** 'connectionLost' is the client's own: nobody knows whether the host still did what was asked. */
export type ProtocolErrorCode = ErrorCode | 'connectionLost'

/** What a request fails with: a code to decide by and one sentence for a person. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly code: ProtocolErrorCode

  constructor(code: ProtocolErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
