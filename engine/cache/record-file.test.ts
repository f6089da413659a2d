import { mkdtemp, open, rm, stat, truncate } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { RecordFile } from './record-file.ts'

const recordBytes = 5

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'filterscope-records-'))
  path = join(folder, 'records.bin')
})
afterEach(() => rm(folder, { recursive: true }))

function tagsTo(count: number): BigUint64Array {
  return BigUint64Array.from({ length: count }, (_, index) => BigInt(index) * 7n + 1n)
}

function recordOf(index: number): Uint8Array {
  return Uint8Array.of(index & 255, index >> 8, 3, 4, 5)
}

/** More than one group of them. */
async function writeRecords(count: number, indices: readonly number[]): Promise<void> {
  const file = await RecordFile.open(path, recordBytes, tagsTo(count))
  for (const index of indices) file.write(index, recordOf(index))
  await file.close()
}

async function change(position: number, byte: number): Promise<void> {
  const file = await open(path, 'r+')
  await file.write(Uint8Array.of(byte), 0, 1, position)
  await file.close()
}

it('reads what was kept, and knows what was not', async () => {
  await writeRecords(2500, [0, 1023, 1024, 2499])
  const file = await RecordFile.open(path, recordBytes, tagsTo(2500))
  for (const index of [0, 1023, 1024, 2499]) {
    expect(file.has(index)).toBe(true)
    expect(Uint8Array.from((await file.read(index)) ?? [])).toEqual(recordOf(index))
  }
  for (const index of [1, 1022, 1025, 2048, 2498]) expect(file.has(index)).toBe(false)
  await file.close()
})

it('keeps its records when there are more or fewer', async () => {
  await writeRecords(1500, [3, 1400])
  for (const count of [5000, 4]) {
    const file = await RecordFile.open(path, recordBytes, tagsTo(count))
    expect(file.has(3)).toBe(true)
    expect(file.has(1400)).toBe(count > 1400)
    await file.close()
  }
})

it('does not give a record that was made from something else', async () => {
  await writeRecords(10, [4, 5])
  const changed = tagsTo(10)
  changed[4] = 99n
  const file = await RecordFile.open(path, recordBytes, changed)
  expect([file.has(4), file.has(5)]).toEqual([false, true])
  file.write(4, recordOf(77))
  await file.close()
  const again = await RecordFile.open(path, recordBytes, changed)
  expect(Uint8Array.from((await again.read(4)) ?? [])).toEqual(recordOf(77))
  await again.close()
})

it.each([
  ['changed in one bit', () => change(1024 * 8 + 2 * (4 + recordBytes) + 5, 200)],
  ['of another checksum', () => change(1024 * 8 + 2 * (4 + recordBytes), 200)],
  ['cut off', () => truncate(path, 1024 * 8 + 2 * (4 + recordBytes) + 6)],
])('gives nothing in place of a record that is %s, and takes it again', async (_, damage) => {
  await writeRecords(10, [1, 2])
  await damage()
  const file = await RecordFile.open(path, recordBytes, tagsTo(10))
  expect(await file.read(2)).toBeUndefined()
  expect(file.has(2)).toBe(false)
  expect(Uint8Array.from((await file.read(1)) ?? [])).toEqual(recordOf(1))
  file.write(2, recordOf(2))
  await file.close()
  const again = await RecordFile.open(path, recordBytes, tagsTo(10))
  expect(Uint8Array.from((await again.read(2)) ?? [])).toEqual(recordOf(2))
  await again.close()
})

it('takes a file of something else for an empty one', async () => {
  const file = await open(path, 'w')
  await file.write(Buffer.alloc(20_000, 'nothing of ours'))
  await file.close()
  const records = await RecordFile.open(path, recordBytes, tagsTo(1200))
  expect([...Array(1200).keys()].filter((index) => records.has(index))).toEqual([])
  await records.close()
})

it('is read by one process while another adds to it', async () => {
  const [one, other] = [
    await RecordFile.open(path, recordBytes, tagsTo(10)),
    await RecordFile.open(path, recordBytes, tagsTo(10)),
  ]
  one.write(1, recordOf(1))
  other.write(1, recordOf(1))
  other.write(2, recordOf(2))
  await Promise.all([one.close(), other.close()])
  const file = await RecordFile.open(path, recordBytes, tagsTo(10))
  expect([file.has(1), file.has(2), file.has(3)]).toEqual([true, true, false])
  await file.close()
})

it('holds no more than it was opened for, and takes no more than it says', async () => {
  const count = 3000
  await writeRecords(count, [...Array(count + 50).keys()])
  const { size } = await stat(path)
  // The last group has room for the tags of all it may hold.
  expect(size).toBeLessThanOrEqual(RecordFile.bytesOf(count, recordBytes) + 1024 * 8)
  expect(RecordFile.countIn(RecordFile.bytesOf(count, recordBytes), recordBytes)).toBe(count)
})

it('costs nothing but time where the disk refuses', async () => {
  await writeRecords(10, [1])
  const file = await RecordFile.open(path, recordBytes, tagsTo(10))
  await file.close()
  file.write(2, recordOf(2))
  expect(await file.read(1)).toBeUndefined()
  expect(file.has(2)).toBe(false)
})
