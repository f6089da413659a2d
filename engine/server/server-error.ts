/** The server cannot be started as asked: one sentence with what to do. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
}
