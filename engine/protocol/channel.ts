/**
 * A two-way pipe for messages that a structured clone can carry (plain values and typed arrays).
 * MessagePort, WebSocket and an engine process's own port all look like this to the code above them.
 */
export interface Channel {
  post(message: unknown): void
  onMessage(listener: (message: unknown) => void): void
  onClose(listener: (reason: string) => void): void
  close(): void
  /** Bytes posted but not yet handed to the system; 0 where the transport cannot tell. */
  readonly bufferedBytes: number
}
