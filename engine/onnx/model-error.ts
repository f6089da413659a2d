/** A model that cannot be read, upgraded, understood or written; the message is one full sentence for a person. */
export class ModelError extends Error {
  override readonly name: string = 'ModelError'

  constructor(sentence: string, options?: ErrorOptions) {
    // Names in a damaged file hold anything; a sentence is one line.
    super(sentence.replaceAll(/\p{Cc}+/gu, ' '), options)
  }
}
