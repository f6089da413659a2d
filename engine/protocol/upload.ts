/**
 * Where a served window posts the bytes of a dropped file: `name` is its path within the drop ('cats/1.png'),
 * `drop` any id of letters, digits and dashes that all files of one drop share.
 */
export function uploadAddress(drop: string, name: string): string {
  return `/upload?${new URLSearchParams({ drop, name }).toString()}`
}

/** The answer to an upload. */
export interface UploadReply {
  /** Where the file now is on the engine's machine. */
  readonly path: string
  /** The folder that holds the whole drop. */
  readonly folder: string
}
