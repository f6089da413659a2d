import type { ProviderName } from '../protocol/settings.ts'

/** A failure of ONNX Runtime or of a provider: one full sentence that contains the runtime's own message. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError'
  readonly provider: ProviderName

  constructor(provider: ProviderName, sentence: string, cause?: unknown) {
    super(sentence, cause === undefined ? undefined : { cause })
    this.provider = provider
  }
}

/**
 * What a thrown value says, on one line and without a full stop, ready to stand inside a sentence; without the source
 * position and the failed expression that the runtime puts in front of some messages.
 */
export function messageOf(thrown: unknown): string {
  const message = thrown instanceof Error ? thrown.message : String(thrown)
  return message
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/\/\S+:\d+ .*\bwas false\. /, '')
    .replace(/\.$/, '')
}
