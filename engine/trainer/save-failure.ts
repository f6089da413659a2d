/** The file system refused: ENOSPC, EROFS, EIO and their like carry a code and a system call. */
export function isSaveFailure(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error
}
