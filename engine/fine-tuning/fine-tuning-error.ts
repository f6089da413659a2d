/** A model that cannot be trained as asked; the message says where, why and what to do. */
export class FineTuningError extends Error {
  override readonly name = 'FineTuningError'

  constructor(sentence: string, options?: ErrorOptions) {
    // Names in a file hold anything; a sentence is one line.
    super(sentence.replaceAll(/\p{Cc}+/gu, ' '), options)
  }
}
