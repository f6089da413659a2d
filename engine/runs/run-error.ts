/** Something is wrong with a run folder: one full sentence with the path and what to do. */
export class RunError extends Error {
  override readonly name = 'RunError'
}
