import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parquetWriteBuffer } from 'hyparquet-writer'
import sharp from 'sharp'
import { afterEach, describe, expect, it } from 'vitest'
import { DataError, type Dataset } from '../../dataset.ts'
import type { DataSettings } from '../../../protocol/settings.ts'
import { openDataset } from '../../open-dataset.ts'
import { hasSharedData, inTemporaryFolder, pathSettings, sharedData } from '../../test-data.ts'
import { ParquetFile, type RowBlock } from './parquet-file.ts'
import { RecentBlocks } from './recent-blocks.ts'

const everything = { validationShare: 0, testShare: 0 }

const opened: Dataset[] = []
async function open(settings: DataSettings): Promise<Dataset> {
  const dataset = await openDataset(settings)
  opened.push(dataset)
  return dataset
}
afterEach(async () => {
  for (const dataset of opened.splice(0)) await dataset.close()
})

/** A picture of one grey. */
function picture(value: number, width = 8, height = 6): Promise<Buffer> {
  const background = { r: value, g: value, b: value }
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
}

function pictures(values: readonly number[]): Promise<Buffer[]> {
  return Promise.all(values.map((value) => picture(value)))
}

interface Column {
  readonly name: string
  readonly data: readonly unknown[]
  readonly kind: 'image' | 'bytes' | 'text' | 'int'
}

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number]

interface WriteOptions {
  readonly rowGroupSize?: number
  readonly codec?: 'UNCOMPRESSED' | 'SNAPPY' | 'GZIP'
  /** The features that Hugging Face notes. */
  readonly features?: object
}

/** A file in the layout of Hugging Face's datasets library. */
function parquet(
  columns: readonly Column[],
  { rowGroupSize = 4, codec = 'SNAPPY', features }: WriteOptions = {},
): Uint8Array {
  const optional = { repetition_type: 'OPTIONAL' } as const
  const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8', ...optional } as const
  const schema = columns.flatMap(({ name, kind }): SchemaElement[] => {
    if (kind === 'image') {
      return [
        { name, num_children: 2, ...optional },
        { name: 'bytes', type: 'BYTE_ARRAY', ...optional } as const,
        { name: 'path', ...text },
      ]
    }
    if (kind === 'text') return [{ name, ...text }]
    return [{ name, type: kind === 'int' ? 'INT64' : 'BYTE_ARRAY', ...optional } as const]
  })
  const note = { key: 'huggingface', value: JSON.stringify({ info: { features } }) }
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: columns.map(({ name, kind, data }) => ({
        name,
        data: data.map((value) => (kind === 'int' && typeof value === 'number' ? BigInt(value) : value)),
      })),
      schema: [{ name: 'root', num_children: columns.length }, ...schema],
      rowGroupSize,
      codec,
      compressors: { GZIP: (bytes: Uint8Array) => gzipSync(bytes) },
      ...(features !== undefined && { kvMetadata: [note] }),
    }),
  )
}

/** Pictures with values 0, 10, 20 …, labels 0 and 1 in turn. */
async function shard(count: number, options: WriteOptions = {}, first = 0): Promise<Uint8Array> {
  const values = Array.from({ length: count }, (_, index) => 10 * (index + first))
  const data = (await pictures(values)).map((bytes, index) => ({ bytes, path: `${index}.png` }))
  const labels = values.map((_, index) => index % 2)
  return parquet(
    [
      { name: 'image', kind: 'image', data },
      { name: 'label', kind: 'int', data: labels },
    ],
    { features: { image: { _type: 'Image' }, label: { names: ['ant', 'bee'], _type: 'ClassLabel' } }, ...options },
  )
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, bytes)
}

describe('Parquet files', () => {
  it.each(['UNCOMPRESSED', 'SNAPPY', 'GZIP'] as const)('give pictures and class names, packed as %s', async (codec) => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'pictures.parquet')
      await write(path, await shard(11, { codec }))
      const { summary, splits } = await open(pathSettings(path, everything))
      expect(summary).toMatchObject({
        format: 'parquet',
        title: path,
        counts: { train: 11, validation: 0, test: 0 },
        image: { width: 8, height: 6, channels: 3 },
        originalSizes: [{ width: 8, height: 6, count: 11 }],
        problemCount: 0,
      })
      expect(summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['ant', 6],
        ['bee', 5],
      ])
      const pixels = new Uint8Array(3 * splits.train.pictureBytes)
      await splits.train.read([10, 0, 7], pixels)
      expect([0, 1, 2].map((at) => pixels[at * splits.train.pictureBytes])).toEqual([100, 0, 70])
      expect([...splits.train.labels]).toEqual([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0])
      expect(splits.train.originOf(7)).toBe('pictures.parquet #7')
    })
  })

  it('lie in shards for each split, in the folder or below it', async () => {
    for (const place of ['', 'data', 'plain_text']) {
      await inTemporaryFolder(async (folder) => {
        await write(join(folder, place, 'train-00000-of-00002.parquet'), await shard(6))
        await write(join(folder, place, 'train-00001-of-00002.parquet'), await shard(4, {}, 10))
        await write(join(folder, place, 'validation-00000-of-00001.parquet'), await shard(2))
        await write(join(folder, place, 'test-00000-of-00001.parquet'), await shard(3))
        await write(join(folder, 'README.md'), Buffer.from('---'))
        const { summary, splits } = await open(pathSettings(folder))
        expect(summary.counts).toEqual({ train: 10, validation: 2, test: 3 })
        expect(summary.testSetGiven).toBe(true)
        const pixels = new Uint8Array(splits.train.pictureBytes)
        await splits.train.read([7], pixels)
        expect(pixels[0]).toBe(110)
      })
    }
    await inTemporaryFolder(async (folder) => {
      await write(join(folder, 'default', 'train', '0000.parquet'), await shard(6))
      await write(join(folder, 'default', 'test', '0000.parquet'), await shard(2))
      expect((await open(pathSettings(folder, everything))).summary.counts).toEqual({
        train: 6,
        validation: 0,
        test: 2,
      })
      await write(join(folder, 'other', 'test', '0000.parquet'), await shard(2))
      await expect(open(pathSettings(folder))).rejects.toThrow(/several subsets \(default, other\); choose the folder/)
    })
    await inTemporaryFolder(async (folder) => {
      await write(join(folder, 'validation-0.parquet'), await shard(6))
      await write(join(folder, 'test-0.parquet'), await shard(2))
      await expect(open(pathSettings(folder))).rejects.toThrow(
        /for (validation and test|test and validation) but none to train on/,
      )
    })
  })

  it('need no note: the columns are known by their types and names', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'table')
      const data = await pictures([0, 50, 100, 150])
      await write(
        path,
        parquet([
          { name: 'id', kind: 'int', data: [7, 8, 9, 10] },
          { name: 'img', kind: 'bytes', data },
          { name: 'category', kind: 'text', data: ['dog', 'cat', 'dog', 'eel'] },
        ]),
      )
      const { summary } = await open(pathSettings(path, everything))
      expect(summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['cat', 1],
        ['dog', 2],
        ['eel', 1],
      ])
      await write(
        path,
        parquet([
          { name: 'img', kind: 'bytes', data },
          { name: 'label', kind: 'int', data: [2, 10, 2, 10] },
        ]),
      )
      const numbers = (await open(pathSettings(path, everything))).summary
      expect(numbers.classes.map(({ name }) => name)).toEqual(['2', '10'])
    })
  })

  it('may name the files of their pictures, but none outside of their folder', async () => {
    await inTemporaryFolder(async (folder) => {
      const bytes = await pictures([10, 20, 30])
      await write(join(folder, 'outside.png'), bytes[0] as Buffer)
      await write(join(folder, 'set', 'a', 'one.png'), bytes[1] as Buffer)
      await write(join(folder, 'set', 'two.png'), bytes[2] as Buffer)
      const paths = ['a/one.png', 'two.png', '../outside.png', join(folder, 'outside.png'), 'none.png', '']
      const path = join(folder, 'set', 'table.parquet')
      await write(
        path,
        parquet([
          { name: 'image', kind: 'image', data: paths.map((each) => ({ bytes: null, path: each })) },
          { name: 'label', kind: 'int', data: [0, 1, 0, 1, 0, 1] },
        ]),
      )
      const { summary } = await open(pathSettings(path, everything))
      expect(summary.counts.train).toBe(2)
      expect(summary.problems.map(({ message }) => message)).toEqual([
        expect.stringMatching(/#2 names the picture \.\.\/outside\.png, which lies outside of the folder/),
        expect.stringMatching(/#3 names the picture .*outside\.png, which lies outside of the folder/),
        expect.stringMatching(/#4 names the picture none\.png, which cannot be read/),
        expect.stringMatching(/#5 holds no picture/),
      ])
    })
  })

  it('list what cannot be used: pictures without a label, and damaged ones', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'table.parquet')
      const [a, b, c, d] = await pictures([10, 20, 30, 40])
      const data = [a, b, Buffer.from('no picture'), c, d].map((bytes) => ({ bytes, path: null }))
      const features = { label: { _type: 'ClassLabel', names: ['ant', 'bee'] } }
      const columns = (labels: unknown[]): Column[] => [
        { name: 'image', kind: 'image', data },
        { name: 'label', kind: 'int', data: labels },
      ]
      await write(path, parquet(columns([0, 1, 0, -1, null]), { features }))
      const { summary } = await open(pathSettings(path, everything))
      expect(summary.counts.train).toBe(2)
      expect(summary.problems.map(({ message }) => message)).toEqual([
        '2 of the 5 pictures in this file have no label, so they are left out.',
        expect.stringMatching(/table.parquet #2 cannot be read as a picture/),
      ])
      await write(path, parquet(columns([0, 1, 2, 0, 1]), { features }))
      await expect(open(pathSettings(path))).rejects.toThrow(
        /label 2 of picture #2 is out of range, as the file names classes 0 to 1/,
      )
    })
  })

  it('open without labels where they have none', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'table.parquet')
      await write(path, parquet([{ name: 'image', kind: 'bytes', data: await pictures([1, 2, 3]) }]))
      expect((await open(pathSettings(path))).summary).toMatchObject({ unlabelled: true, counts: { train: 3 } })
    })
  })

  it('are refused in one sentence where they are none, damaged, or hold no pictures', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'train.parquet')
      const whole = await shard(40, { codec: 'UNCOMPRESSED' })
      await write(path, whole.subarray(0, whole.length / 2))
      await expect(open(pathSettings(path))).rejects.toThrow(
        /train.parquet cannot be read as a Parquet file \(.*\); it is/,
      )
      await write(path, Buffer.from('<html>not found</html>'))
      await expect(open(pathSettings(folder))).rejects.toThrow(/train.parquet cannot be read as a Parquet file/)
      await write(path, parquet([{ name: 'price', kind: 'int', data: [1, 2] }]))
      await expect(open(pathSettings(path))).rejects.toThrow(/train.parquet has no column of pictures among price;/)
      const labelled = await shard(4)
      const [a, b] = await pictures([1, 2])
      await write(path, labelled)
      await write(join(folder, 'test.parquet'), parquet([{ name: 'image', kind: 'bytes', data: [a, b] }]))
      await expect(open(pathSettings(folder))).rejects.toThrow(
        /test.parquet has no column of labels but train.parquet has labels in “label”; use files that belong together/,
      )
    })
  })

  it('are refused wherever they are cut', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'train.parquet')
      const whole = await shard(6)
      for (let length = 1; length < whole.length; length += 29) {
        await write(path, whole.subarray(0, length))
        await expect(open(pathSettings(path, everything)), `${length} bytes`).rejects.toThrow(DataError)
      }
    })
  })

  it('open or are refused, but never hang or fail otherwise, whatever byte of them is wrong', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'train.parquet')
      const whole = await shard(6)
      for (let at = 4; at < whole.length; at += 3) {
        const damaged = Uint8Array.from(whole)
        // 0x80 makes numbers of variable length go on, so that they become negative or huge.
        damaged[at] = (damaged[at] as number) ^ (at % 2 === 0 ? 0x80 : 0xff)
        await write(path, damaged)
        await open(pathSettings(path, everything)).catch((error: Error) => {
          expect(error, `byte ${at}`).toBeInstanceOf(DataError)
        })
      }
    })
  }, 60_000)

  // A size below 0 would lead round in circles, and a count of billions keep for hours.
  it('tell of a page that contradicts the footer, and do not follow it', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'train.parquet')
      const damaged = await shard(6)
      damaged[14] = (damaged[14] as number) ^ 0x80
      await write(path, damaged)
      const { summary } = await open(pathSettings(path, { ...everything }))
      expect(summary.counts.train).toBe(2)
      expect(summary.problems[0]?.message).toMatch(/cannot be read as a Parquet file \(the page at byte 4 claims more/)
    })
  })
})

describe('blocks of rows', () => {
  it('are read once while they are kept, and never more than the budget are', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'table.parquet')
      await write(path, await shard(40, { rowGroupSize: 10 }))
      const file = await ParquetFile.open(path)
      const blocks = file.blocks('image')
      expect(blocks.map(({ start, end }) => [start, end])).toEqual([
        [0, 10],
        [10, 20],
        [20, 30],
        [30, 40],
      ])
      const reads: number[] = []
      let [underWay, mostUnderWay] = [0, 0]
      const counted = {
        read: async (column: string, start: number, end: number) => {
          reads.push(start)
          mostUnderWay = Math.max(mostUnderWay, ++underWay)
          const values = await file.read(column, start, end)
          underWay--
          return values
        },
      } as unknown as ParquetFile
      const [one, two, three] = blocks as [RowBlock, RowBlock, RowBlock]
      const kept = new RecentBlocks(one.byteLength + two.byteLength)
      await Promise.all([kept.read(counted, 'image', one), kept.read(counted, 'image', one)])
      await kept.read(counted, 'image', two)
      await kept.read(counted, 'image', one)
      expect(reads).toEqual([0, 10])
      // The third takes the place of the second, which was not used as lately as the first.
      await kept.read(counted, 'image', three)
      await kept.read(counted, 'image', one)
      expect(reads).toEqual([0, 10, 20])
      await kept.read(counted, 'image', two)
      expect(reads).toEqual([0, 10, 20, 10])
      // Asked for all at once, each is read once although not all fit, and never two at the same time.
      const all = new RecentBlocks(one.byteLength)
      const asked = [...blocks, ...blocks].map((block) => all.read(counted, 'image', block))
      expect((await Promise.all(asked)).map((values) => values.length)).toEqual(Array(8).fill(10))
      expect(reads.slice(4)).toEqual([0, 10, 20, 30])
      expect(mostUnderWay).toBe(1)
    })
  })
})

it.skipIf(!hasSharedData)('opens photographs in Parquet as they are in a folder (needs the shared data)', async () => {
  await inTemporaryFolder(async (folder) => {
    const names = ['astronaut.png', 'chelsea_cat.png', 'rocket.jpg']
    const files = await Promise.all(names.map((name) => readFile(join(sharedData, 'photos', name))))
    const data = [...files, ...files].map((bytes) => ({ bytes, path: null }))
    const labels = [0, 1, 2, 0, 1, 2]
    await write(
      join(folder, 'p', 'train.parquet'),
      parquet(
        [
          { name: 'image', kind: 'image', data },
          { name: 'label', kind: 'int', data: labels },
        ],
        { rowGroupSize: 1 },
      ),
    )
    for (const [at, name] of names.entries()) {
      for (const copy of [0, 1]) await write(join(folder, 'f', String(at), `${copy}${name}`), files[at] as Buffer)
    }
    const image = { width: 40, height: 30, channels: 3, fit: 'crop' } as const
    const settings = { ...everything, image }
    const inTable = await open(pathSettings(join(folder, 'p'), settings))
    const inFolder = await open(pathSettings(join(folder, 'f'), settings))
    expect(inTable.summary.originalSizes).toEqual(inFolder.summary.originalSizes)
    expect(inTable.summary.mean).toEqual(inFolder.summary.mean)
  })
})
