import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { refuse } from './refusal.ts'
import { uploadNameParts } from './upload-name.ts'

const prefix = '/export/'

export function isDownload({ pathname }: URL): boolean {
  return pathname.startsWith(prefix)
}

/** Files that were exported for windows, kept in a folder of this server's own until it ends. */
export class Downloads {
  /** Real path of the folder. */
  readonly folder: string

  constructor() {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'filterscope-exports-')))
    process.on('exit', this.remove)
  }

  readonly remove = (): void => {
    process.off('exit', this.remove)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Answers GET and HEAD /export/FOLDER/NAME with the file, or with a sentence. */
  async send(request: IncomingMessage, response: ServerResponse, address: URL): Promise<void> {
    const [folder, name, ...more] = partsOf(address) ?? []
    const isSafe = folder !== undefined && /^[0-9a-f-]{36}$/.test(folder) && more.length === 0
    const file = isSafe && name !== undefined ? await openOrNot(join(this.folder, folder, name)) : undefined
    if (file === undefined) {
      refuse(response, { status: 404, sentence: 'This export is not kept any more; export it again.' })
      return
    }
    try {
      response.writeHead(200, {
        'Content-Type': 'application/octet-stream',
        'Content-Length': (await file.stat()).size,
        'Content-Disposition': `attachment; filename*=UTF-8''${headerValue(name ?? '')}`,
        'Cache-Control': 'no-store',
      })
      if (request.method === 'HEAD') response.end()
      else await pipeline(file.createReadStream({ autoClose: false }), response)
    } catch {
      // The window has gone, or the file cannot be read to its end: a body that is too short tells the browser so.
      response.destroy()
    } finally {
      await file.close()
    }
  }
}

/** undefined where the path leads anywhere else. */
function partsOf({ pathname }: URL): readonly string[] | undefined {
  try {
    return uploadNameParts(decodeURIComponent(pathname.slice(prefix.length)))
  } catch {
    return undefined
  }
}

/** As RFC 8187 wants a file name in a header: letters that encodeURIComponent leaves mean something there. */
function headerValue(name: string): string {
  const code = (letter: string) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(name).replaceAll(/['()*]/g, code)
}

async function openOrNot(path: string): Promise<FileHandle | undefined> {
  const file = await open(path).catch(() => undefined)
  if ((await file?.stat())?.isFile()) return file
  await file?.close()
  return undefined
}
