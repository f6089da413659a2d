const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EACCES: 'there is no permission to write there',
  EPERM: 'there is no permission to write there',
  // What a folder on a read-only disk gets when it is made with those around it.
  ENOENT: 'the folder around it cannot be written to',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of its path is a file',
  ENAMETOOLONG: 'its name is too long',
}

/** Why the file system refused, as part of a sentence. */
export function refusalReason(error: NodeJS.ErrnoException): string {
  return reasons[error.code ?? ''] ?? error.message
}
