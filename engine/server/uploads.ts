import { randomUUID } from 'node:crypto'
import { mkdtempSync, realpathSync, rmSync } from 'node:fs'
import { mkdir, open, rename, rm, statfs } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { UploadReply } from '../protocol/upload.ts'
import { type Refusal, refuse } from './refusal.ts'
import { uploadNameParts } from './upload-name.ts'

/** The disk is never filled to the brim. */
const SPACE_LEFT_FREE = 256 * 2 ** 20
/** How often the free space is looked at while a file comes in. */
const CHECK_EVERY_BYTES = 64 * 2 ** 20
/** Written at once: each write waits for a thread, and a socket hands over only tens of kilobytes at a time. */
const BLOCK_BYTES = 4 * 2 ** 20
/** How long a client may go on sending what was refused, so that it gets to read why. */
const REFUSED_BODY_PATIENCE_MS = 2000

class RefusedUpload extends Error {
  readonly refusal: Refusal

  constructor(status: number, sentence: string) {
    super(sentence)
    this.refusal = { status, sentence }
  }
}

/** Files that windows drop, kept in a folder of this server's own until it ends. */
export class Uploads {
  /** Real path of the folder. */
  readonly folder: string
  readonly #maximumBytes: number

  constructor(maximumBytes: number) {
    this.folder = realpathSync(mkdtempSync(join(tmpdir(), 'filterscope-uploads-')))
    this.#maximumBytes = maximumBytes
    process.on('exit', this.remove)
  }

  readonly remove = (): void => {
    process.off('exit', this.remove)
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Answers POST /upload?drop=…&name=… with an UploadReply, or with a sentence. */
  async receive(request: IncomingMessage, response: ServerResponse, address: URL): Promise<void> {
    try {
      const reply = await this.#store(request, address.searchParams)
      response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
      response.end(JSON.stringify(reply))
    } catch (error) {
      if (request.destroyed && !request.complete) return
      response.setHeader('Connection', 'close')
      refuse(response, refusalOf(error))
      request.resume()
      setTimeout(() => request.destroy(), REFUSED_BODY_PATIENCE_MS).unref()
    }
  }

  async #store(request: IncomingMessage, parameters: URLSearchParams): Promise<UploadReply> {
    const name = parameters.get('name') ?? ''
    const drop = parameters.get('drop') ?? randomUUID()
    const parts = uploadNameParts(name)
    if (parts === undefined)
      throw new RefusedUpload(400, `"${name.slice(0, 200)}" is no file name that can be kept here.`)
    if (!/^[A-Za-z0-9-]{1,64}$/.test(drop))
      throw new RefusedUpload(400, 'The id of a drop is letters, digits and dashes.')
    const announced = Number(request.headers['content-length'] ?? 0)
    await this.#requireRoom(name, announced, announced)
    const folder = join(this.folder, drop)
    const path = join(folder, ...parts)
    await mkdir(dirname(path), { recursive: true })
    const aside = `${path}.${randomUUID().slice(0, 8)}.part`
    try {
      await this.#write(request, name, aside)
      await rename(aside, path)
    } catch (error) {
      await rm(aside, { force: true })
      throw error
    }
    return { path, folder }
  }

  async #write(request: IncomingMessage, name: string, path: string): Promise<void> {
    const file = await open(path, 'wx')
    try {
      let received = 0
      let checkedAt = 0
      let block: Buffer[] = []
      let blockBytes = 0
      const writeBlock = async () => {
        const bytes = Buffer.concat(block)
        block = []
        blockBytes = 0
        await file.appendFile(bytes)
      }
      // The request must outlive an error here: the answer goes out over the same socket.
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        received += chunk.byteLength
        if (received - checkedAt >= CHECK_EVERY_BYTES || received > this.#maximumBytes) {
          checkedAt = received
          await this.#requireRoom(name, received, 0)
        }
        block.push(chunk)
        blockBytes += chunk.byteLength
        if (blockBytes >= BLOCK_BYTES) await writeBlock()
      }
      await writeBlock()
    } finally {
      await file.close()
    }
  }

  /** `byteLength` of the whole file as far as it is known; `toCome` of them still have to be written. */
  async #requireRoom(name: string, byteLength: number, toCome: number): Promise<void> {
    if (byteLength > this.#maximumBytes) {
      const limit = `${(this.#maximumBytes / 2 ** 30).toFixed(1)} GiB`
      throw new RefusedUpload(
        413,
        `"${name}" is larger than ${limit}, the most one upload may have; copy it to the server another way.`,
      )
    }
    const { bavail, bsize } = await statfs(this.folder)
    const free = bavail * bsize - SPACE_LEFT_FREE
    if (toCome > free || free < 0) throw noSpace(name)
  }
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof RefusedUpload) return error.refusal
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOSPC') return noSpace('the file').refusal
  if (code === 'EEXIST' || code === 'ENOTDIR' || code === 'EISDIR') {
    return { status: 400, sentence: 'A file and a folder of one drop have the same name.' }
  }
  console.error(error)
  return { status: 500, sentence: 'The file could not be kept; the server printed why.' }
}

function noSpace(name: string): RefusedUpload {
  return new RefusedUpload(
    507,
    `There is not enough free space on the server for "${name}"; free some and drop it again.`,
  )
}
