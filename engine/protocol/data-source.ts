import type { DataSource } from './settings.ts'

/** The files and folders of a source, in the order they were given; none where it is generated. */
export function pathsOf(source: DataSource): readonly string[] {
  switch (source.kind) {
    case 'xo':
      return []
    case 'path':
      return [source.path]
    case 'paths':
      return source.paths
  }
}

/** The source that these paths are together; there is at least one. */
export function sourceOfPaths(paths: readonly string[]): DataSource {
  const [path, ...others] = paths
  if (path === undefined) throw new RangeError('A source of files needs a path.')
  return others.length === 0 ? { kind: 'path', path } : { kind: 'paths', paths: [path, ...others] }
}

const BETWEEN = ' + '

/** What a source is called before it is opened, and after. */
export function titleOf(source: DataSource): string {
  return source.kind === 'xo' ? 'X or O' : pathsOf(source).join(BETWEEN)
}

/** The same without the folders that the files lie in: 'train + test'. */
export function shortTitle(title: string): string {
  return title.split(BETWEEN).map(nameOfPath).join(BETWEEN)
}

/** The last part of a path of any system, which is enough to know it by. */
export function nameOfPath(path: string): string {
  return path.split(/[\\/]/).findLast(Boolean) ?? path
}
