/** What a connection keeps of one topic a window follows. */
export interface HostSubscription {
  acknowledge(sequence: number): void
  close(): void
}
