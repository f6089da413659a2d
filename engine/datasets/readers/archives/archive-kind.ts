import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'

export type ArchiveKind = 'zip' | 'tar'

const BLOCK_BYTES = 512

/** What kind of archive a file is by its first bytes (a gzipped tar is a tar); undefined where it is none. */
export async function archiveKind(path: string): Promise<ArchiveKind | undefined> {
  const file = await open(path)
  const { buffer, bytesRead } = await file
    .read(Buffer.alloc(BLOCK_BYTES), 0, BLOCK_BYTES, 0)
    .finally(() => file.close())
  const start = buffer.subarray(0, bytesRead)
  const magic = start.toString('latin1', 0, 4)
  // The second is that of an empty archive.
  if (magic === 'PK\x03\x04' || magic === 'PK\x05\x06') return 'zip'
  if (isTarBlock(start)) return 'tar'
  if (start[0] === 0x1f && start[1] === 0x8b && isTarBlock(await firstUnpacked(path))) return 'tar'
  // Cut short or damaged, it is still what its name says, so that its own error is shown.
  if (/\.zip$/i.test(path)) return 'zip'
  return /\.(tar|tgz|tar\.gz)$/i.test(path) ? 'tar' : undefined
}

/** A header block holds the sum of its bytes, its own field counted as spaces. */
function isTarBlock(block: Uint8Array): boolean {
  if (block.length < BLOCK_BYTES) return false
  const stated = Number.parseInt(Buffer.from(block.subarray(148, 156)).toString('latin1'), 8)
  const sum = block.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0)
  return stated === sum && sum > 8 * 0x20
}

async function firstUnpacked(path: string): Promise<Uint8Array> {
  const source = createReadStream(path)
  const unpacker = source.pipe(createGunzip())
  source.on('error', (error) => unpacker.destroy(error))
  let start = Buffer.alloc(0)
  try {
    for await (const chunk of unpacker as AsyncIterable<Buffer>) {
      start = Buffer.concat([start, chunk])
      if (start.length >= BLOCK_BYTES) break
    }
  } catch {
    // A damaged start is no archive's.
  } finally {
    source.destroy()
  }
  return start.subarray(0, BLOCK_BYTES)
}
