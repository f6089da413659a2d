import { read } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { crc32 } from 'node:zlib'

/** Tags and records take turns in the file, so that it can grow and stays readable where it ended before. */
const RECORDS_IN_GROUP = 1024

const TAG_BYTES = 8
const CHECKSUM_BYTES = 4

/** Records on their way to the disk: more are not waited for and not kept. */
const MOST_WAITING_BYTES = 32 * 2 ** 20

/**
 * Records of one length in one file, each at its place beside a tag that says what it was made from: one with another tag
 * is not there, and neither is one whose checksum is wrong, because it was cut off or is being written. So several
 * processes may have the same file open, and a disk that refuses costs time and nothing else.
 */
export class RecordFile {
  readonly #file: FileHandle
  readonly #recordBytes: number
  readonly #tags: BigUint64Array
  /** 1 where the record lies in the file. */
  readonly #isThere: Uint8Array
  readonly #waiting = new Set<Promise<void>>()
  #waitingBytes = 0
  #isRefused = false

  private constructor(file: FileHandle, recordBytes: number, tags: BigUint64Array, isThere: Uint8Array) {
    this.#file = file
    this.#recordBytes = recordBytes
    this.#tags = tags
    this.#isThere = isThere
  }

  /** What a file of so many records takes on the disk at most. */
  static bytesOf(count: number, recordBytes: number): number {
    return count * (TAG_BYTES + CHECKSUM_BYTES + recordBytes)
  }

  /** How many records of this length take no more than `bytes`. */
  static countIn(bytes: number, recordBytes: number): number {
    return Math.floor(bytes / (TAG_BYTES + CHECKSUM_BYTES + recordBytes))
  }

  /**
   * Opens or makes the file at `path`: record i is the one made from what `tags[i]`, never 0, stands for. Throws the file
   * system's error.
   */
  static async open(path: string, recordBytes: number, tags: BigUint64Array): Promise<RecordFile> {
    const file = await open(path, 'r+').catch(() => open(path, 'w+', 0o600))
    try {
      const isThere = new Uint8Array(tags.length)
      const group = new BigUint64Array(RECORDS_IN_GROUP)
      for (let first = 0; first < tags.length; first += RECORDS_IN_GROUP) {
        const { bytesRead } = await file.read(group, 0, group.byteLength, tagAt(first, recordBytes))
        group.fill(0n, Math.floor(bytesRead / TAG_BYTES))
        const end = Math.min(RECORDS_IN_GROUP, tags.length - first)
        for (let at = 0; at < end; at++) isThere[first + at] = group[at] === tags[first + at] ? 1 : 0
      }
      return new RecordFile(file, recordBytes, tags, isThere)
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** How many records the file may hold. */
  get count(): number {
    return this.#tags.length
  }

  /** Whether reading is worth while; known at once. */
  has(index: number): boolean {
    return this.#isThere[index] === 1
  }

  /** The record; undefined where it is damaged or cannot be read, and then it counts as not there. */
  async read(index: number): Promise<Uint8Array | undefined> {
    const length = CHECKSUM_BYTES + this.#recordBytes
    const buffer = Buffer.allocUnsafeSlow(length)
    const bytesRead = await this.#readInto(buffer, recordAt(index, this.#recordBytes)).catch(() => 0)
    const record = buffer.subarray(CHECKSUM_BYTES)
    if (bytesRead === length && buffer.readUInt32LE(0) === this.#checksum(index, record)) return record
    this.#isThere[index] = 0
    return undefined
  }

  /** As FileHandle.read does, in two thirds of the time, which every picture of a training costs. */
  #readInto(buffer: Buffer, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const tell = (error: Error | null, bytesRead: number) => (error === null ? resolve(bytesRead) : reject(error))
      read(this.#file.fd, buffer, 0, buffer.length, position, tell)
    })
  }

  /** Keeps a record, some time after this returns; it must not be changed any more. */
  write(index: number, record: Uint8Array): void {
    if (index >= this.count || this.#isRefused || this.#waitingBytes > MOST_WAITING_BYTES) return
    this.#waitingBytes += record.length
    const writing = this.#write(index, record)
      .catch(() => {
        this.#isRefused = true
      })
      .finally(() => {
        this.#waitingBytes -= record.length
        this.#waiting.delete(writing)
      })
    this.#waiting.add(writing)
  }

  async #write(index: number, record: Uint8Array): Promise<void> {
    const checksum = Buffer.alloc(CHECKSUM_BYTES)
    checksum.writeUInt32LE(this.#checksum(index, record))
    await this.#file.writev([checksum, record], recordAt(index, this.#recordBytes))
    // Last, so that a tag that is there stands for a record that is there.
    await this.#file.write(this.#tags, index * TAG_BYTES, TAG_BYTES, tagAt(index, this.#recordBytes))
    this.#isThere[index] = 1
  }

  /** Also of the tag: a record that was made from something else is as good as damaged. */
  #checksum(index: number, record: Uint8Array): number {
    return crc32(record, crc32(new Uint8Array(this.#tags.buffer, index * TAG_BYTES, TAG_BYTES)))
  }

  /** Resolves when everything that was taken is with the operating system. */
  async close(): Promise<void> {
    await Promise.all(this.#waiting)
    await this.#file.close()
  }
}

function groupAt(index: number, recordBytes: number): number {
  const groupBytes = RECORDS_IN_GROUP * (TAG_BYTES + CHECKSUM_BYTES + recordBytes)
  return Math.floor(index / RECORDS_IN_GROUP) * groupBytes
}

function tagAt(index: number, recordBytes: number): number {
  return groupAt(index, recordBytes) + (index % RECORDS_IN_GROUP) * TAG_BYTES
}

function recordAt(index: number, recordBytes: number): number {
  const records = groupAt(index, recordBytes) + RECORDS_IN_GROUP * TAG_BYTES
  return records + (index % RECORDS_IN_GROUP) * (CHECKSUM_BYTES + recordBytes)
}
