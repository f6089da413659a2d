/** A model that cannot be read, upgraded, understood or written; the message is one full sentence for a person. */
export class ModelError extends Error {
  override readonly name: string = 'ModelError'
}
