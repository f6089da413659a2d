/** A model that cannot be trained as asked; the message says where, why and what to do. */
export class FineTuningError extends Error {
  override readonly name = 'FineTuningError'
}
