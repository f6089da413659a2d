/** The last part of a path, which is enough to know it by. */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]/).findLast(Boolean) ?? path
}
