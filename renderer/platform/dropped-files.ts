/** A file of a drop, with its path within the drop ('cats/1.png'). */
export interface DroppedFile {
  readonly name: string
  readonly file: File
}

const pictureName = /\.(png|jpe?g|webp|bmp|tiff?|gif)$/i

export function isPictureName(name: string): boolean {
  return pictureName.test(name)
}

/** Whether a name is that of an ONNX model. */
export function isModelName(name: string): boolean {
  return /\.onnx$/i.test(name)
}

/** Whether a name is that of a text file, which may list the classes of a model. */
export function isTextName(name: string): boolean {
  return /\.(txt|names)$/i.test(name)
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

/** What lies on a drop: files, and folders with all that is in them. */
export type DroppedItem = { readonly name: string; readonly isFile: boolean; readonly entry: FileSystemEntry | File }

/** Taken at once: the browser empties a drop as soon as its event is over. */
export function itemsOfDrop(transfer: DataTransfer): DroppedItem[] {
  return [...transfer.items].flatMap((item): DroppedItem[] => {
    const entry = item.webkitGetAsEntry()
    if (entry) return [{ name: entry.name, isFile: entry.isFile, entry }]
    const file = item.getAsFile()
    return file ? [{ name: file.name, isFile: true, entry: file }] : []
  })
}

/** Every file of what was dropped, with the path it has within the drop. */
export async function filesOfDrop(items: readonly DroppedItem[]): Promise<DroppedFile[]> {
  const files: DroppedFile[] = []
  for (const { entry } of items) {
    if (entry instanceof File) files.push({ name: entry.name, file: entry })
    else await collect(entry, files)
  }
  return files
}

/** The name of the model in a drop of one and what belongs to it: files of weights, a list of classes. */
export function modelOfDrop(names: readonly string[]): string | undefined {
  const models = names.filter(isModelName)
  return models.length === 1 && !names.some(isPictureName) ? models[0] : undefined
}

/** What to open after a drop was uploaded: the one file or folder that was dropped, or the folder that holds them all. */
export function pathOfDrop(
  items: readonly Pick<DroppedItem, 'name' | 'isFile'>[],
  reply: { readonly path: string; readonly folder: string },
): string {
  const [only] = items
  if (!only || items.length > 1) return reply.folder
  if (only.isFile) return reply.path
  // The engine's machine may be another one than this: its own paths say how they are written.
  const separator = reply.path.charAt(reply.folder.length)
  return `${reply.folder}${separator}${only.name}`
}
