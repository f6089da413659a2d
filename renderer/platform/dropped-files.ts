/** A file of a drop, with its path within the drop ('cats/1.png'). */
export interface DroppedFile {
  readonly name: string
  readonly file: File
}

const pictureName = /\.(png|jpe?g|webp|bmp|tiff?|gif)$/i

export function isPictureName(name: string): boolean {
  return pictureName.test(name)
}

function readAllEntries(reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> {
  return new Promise((resolve, reject) => {
    const all: FileSystemEntry[] = []
    // A reader hands its entries out in portions and ends with an empty one.
    const next = (): void =>
      reader.readEntries((portion) => {
        if (portion.length === 0) resolve(all)
        else {
          all.push(...portion)
          next()
        }
      }, reject)
    next()
  })
}

async function collect(entry: FileSystemEntry, into: DroppedFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    into.push({ name: entry.fullPath.replace(/^\//, ''), file })
    return
  }
  for (const child of await readAllEntries((entry as FileSystemDirectoryEntry).createReader())) {
    await collect(child, into)
  }
}

/** What lies on a drop, taken at once: the browser empties it as soon as the event is over. */
export function entriesOfDrop(transfer: DataTransfer): FileSystemEntry[] {
  return [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null)
}

/** Every file of dropped files and folders, with the path it has within the drop. */
export async function filesOfEntries(entries: readonly FileSystemEntry[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = []
  for (const entry of entries) await collect(entry, files)
  return files
}

/** What to open after a drop was uploaded: the one file or folder that was dropped, or the folder that holds them all. */
export function pathOfDrop(
  entries: readonly { readonly name: string; readonly isFile: boolean }[],
  reply: { readonly path: string; readonly folder: string },
): string {
  const [only] = entries
  if (!only || entries.length > 1) return reply.folder
  if (only.isFile) return reply.path
  // The engine's machine may be another one than this: its own paths say how they are written.
  const separator = reply.path.charAt(reply.folder.length)
  return `${reply.folder}${separator}${only.name}`
}
