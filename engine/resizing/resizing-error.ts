/** A layer that cannot have another number of filters: one full sentence that names every node in the way. */
export class ResizingError extends Error {
  override readonly name = 'ResizingError'
}
