import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { ZipFile } from 'yazl'
import { formatNpyHeader, type NpyType } from '../../../numpy/npy-header.ts'
import type { Samples } from '../../dataset.ts'
import { openDataset } from '../../open-dataset.ts'
import { hasSharedData, inTemporaryFolder, pathSettings, sharedData } from '../../test-data.ts'

const uint8 = { kind: 'u', itemBytes: 1, littleEndian: true } as const
const int64 = { kind: 'i', itemBytes: 8, littleEndian: true } as const
const float32 = { kind: 'f', itemBytes: 4, littleEndian: true } as const

interface TestArray {
  readonly type: NpyType
  readonly shape: readonly number[]
  readonly fortranOrder?: boolean
  /** In C order, whatever the order on disk. */
  readonly values: readonly (number | string)[]
}

function npy({ type, shape, fortranOrder = false, values }: TestArray): Buffer {
  const data = Buffer.alloc(values.length * type.itemBytes)
  const view = new DataView(data.buffer, data.byteOffset, data.length)
  for (const [index, value] of values.entries()) {
    write(view, (fortranOrder ? fortranPosition(shape, index) : index) * type.itemBytes, type, value)
  }
  return Buffer.concat([formatNpyHeader({ type, shape, fortranOrder }), data])
}

function write(view: DataView, at: number, { kind, itemBytes, littleEndian }: NpyType, value: number | string): void {
  if (typeof value === 'string') {
    const codes = [...value].map((letter) => letter.codePointAt(0) as number)
    for (const [index, code] of codes.entries()) {
      if (kind === 'U') view.setUint32(at + 4 * index, code, littleEndian)
      else view.setUint8(at + index, code)
    }
  } else if (kind === 'f') {
    if (itemBytes === 2) view.setUint16(at, toHalf(value), littleEndian)
    else if (itemBytes === 4) view.setFloat32(at, value, littleEndian)
    else view.setFloat64(at, value, littleEndian)
  } else if (itemBytes === 1) view.setUint8(at, value)
  else if (itemBytes === 2) view.setUint16(at, value, littleEndian)
  else if (itemBytes === 4) view.setUint32(at, value, littleEndian)
  else view.setBigInt64(at, BigInt(value), littleEndian)
}

/** Of numbers with at most 10 significant bits in the normal range. */
function toHalf(value: number): number {
  if (value === 0) return 0
  const exponent = Math.floor(Math.log2(Math.abs(value)))
  const fraction = Math.round((Math.abs(value) / 2 ** exponent - 1) * 1024)
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction
}

function fortranPosition(shape: readonly number[], index: number): number {
  let rest = index
  const at = shape.toReversed().map((size) => {
    const own = rest % size
    rest = Math.floor(rest / size)
    return own
  })
  return shape.reduceRight((position, size, axis) => position * size + (at[shape.length - 1 - axis] as number), 0)
}

async function npz(arrays: Readonly<Record<string, TestArray | Buffer>>, compress = true): Promise<Buffer> {
  const zip = new ZipFile()
  for (const [name, array] of Object.entries(arrays)) {
    zip.addBuffer(Buffer.isBuffer(array) ? array : npy(array), `${name}.npy`, { compress })
  }
  zip.end()
  return buffer(zip.outputStream)
}

/** Value of a pixel that no other pixel near it has. */
const pixelOf = (picture: number, row: number, column: number, channel: number) =>
  (picture * 61 + row * 37 + column * 11 + channel * 83) % 256

/** Pictures in a layout, the labels 0 and 1 in turn. */
function pictures(layout: 'NHW' | 'NHWC' | 'NCHW', [count, height, width, channels]: readonly number[]): TestArray {
  const sizes = { N: count, H: height, W: width, C: channels } as Record<string, number>
  const shape = [...layout].map((axis) => sizes[axis] as number)
  const values: number[] = []
  const visit = (at: Record<string, number>, axis: number) => {
    if (axis === layout.length) values.push(pixelOf(at.N ?? 0, at.H ?? 0, at.W ?? 0, at.C ?? 0))
    else for (let i = 0; i < (shape[axis] as number); i++) visit({ ...at, [layout[axis] as string]: i }, axis + 1)
  }
  visit({}, 0)
  return { type: uint8, shape, values }
}

const labels = (count: number, classes = 2): TestArray => ({
  type: int64,
  shape: [count],
  values: Array.from({ length: count }, (_, index) => index % classes),
})

async function readAll(samples: Samples): Promise<Uint8Array> {
  const pixels = new Uint8Array(samples.count * samples.pictureBytes)
  await samples.read([...samples.labels.keys()], pixels)
  return pixels
}

const everything = { validationShare: 0, testShare: 0 }

async function openArrays(arrays: Parameters<typeof npz>[0], compress = true) {
  const found: { value?: Awaited<ReturnType<typeof openDataset>> } = {}
  await inTemporaryFolder(async (folder) => {
    const path = join(folder, 'data.npz')
    await writeFile(path, await npz(arrays, compress))
    found.value = await openDataset(pathSettings(path, everything))
  })
  return found.value as Awaited<ReturnType<typeof openDataset>>
}

describe('NumPy arrays', () => {
  it('give the same pictures in every layout, order and packing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('NHW', 'NHWC', 'NCHW'),
        fc.boolean(),
        fc.boolean(),
        fc.integer({ min: 2, max: 5 }),
        fc.integer({ min: 4, max: 7 }),
        fc.integer({ min: 4, max: 7 }),
        fc.constantFrom(1, 3),
        async (layout, fortranOrder, compress, count, height, width, anyChannels) => {
          const channels = layout === 'NHW' ? 1 : anyChannels
          const images = pictures(layout as 'NHW', [count, height, width, channels])
          const { summary, splits } = await openArrays(
            { images: { ...images, fortranOrder }, labels: labels(count) },
            compress,
          )
          expect(summary.image).toEqual({ width, height, channels, fit: 'crop' })
          const pixels = await readAll(splits.train)
          let at = 0
          for (let picture = 0; picture < count; picture++)
            for (let row = 0; row < height; row++)
              for (let column = 0; column < width; column++)
                for (let channel = 0; channel < channels; channel++)
                  if (pixels[at++] !== pixelOf(picture, row, column, channel)) {
                    expect.fail(`picture ${picture}, row ${row}, column ${column}, channel ${channel} of ${layout}`)
                  }
          expect(at).toBe(pixels.length)
        },
      ),
      { seed: 11, numRuns: 60 },
    )
  })

  it.each([
    ['uint8', { ...uint8 }, [0, 255, 51, 102], undefined],
    ['uint8', { ...uint8 }, [0, 1, 0, 1], { dataType: 'uint8', black: 0, white: 1 }],
    ['bool', { ...uint8, kind: 'b' }, [0, 1, 0, 1], { dataType: 'bool', black: 0, white: 1 }],
    ['int8', { ...uint8, kind: 'i' }, [-128, 127, -77, -26], { dataType: 'int8', black: -128, white: 127 }],
    ['int64', { ...int64 }, [0, 255, 51, 102], { dataType: 'int64', black: 0, white: 255 }],
    [
      'big int32',
      { kind: 'i', itemBytes: 4, littleEndian: false },
      [0, 255, 51, 102],
      { dataType: 'big-endian int32', black: 0, white: 255 },
    ],
    [
      'uint16',
      { kind: 'u', itemBytes: 2, littleEndian: true },
      [0, 65535, 13107, 26214],
      { dataType: 'uint16', black: 0, white: 65535 },
    ],
    [
      'big uint16',
      { kind: 'u', itemBytes: 2, littleEndian: false },
      [0, 65535, 13107, 26214],
      { dataType: 'big-endian uint16', black: 0, white: 65535 },
    ],
    ['float32', { ...float32 }, [0, 1, 0.2, 0.4], { dataType: 'float32', black: 0, white: 1 }],
    ['float64', { ...float32, itemBytes: 8 }, [-1, 1, -0.6, -0.2], { dataType: 'float64', black: -1, white: 1 }],
    [
      'big float64',
      { kind: 'f', itemBytes: 8, littleEndian: false },
      [0, 255, 51, 102],
      { dataType: 'big-endian float64', black: 0, white: 255 },
    ],
    ['float16', { ...float32, itemBytes: 2 }, [0, 1, 0.2, 0.4], { dataType: 'float16', black: 0, white: 1 }],
  ] as const)('of %s become bytes by a rule that is told', async (_, type, four, values) => {
    const { summary, splits } = await openArrays({
      images: { type, shape: [4, 4, 4], values: four.flatMap((value) => new Array<number>(16).fill(value)) },
      labels: labels(4),
    })
    expect(summary.pixelValues).toEqual(values)
    const pixels = await readAll(splits.train)
    const isMask = (values?.white ?? 255) === 1 && new Set(four).size === 2
    expect([0, 16, 32, 48].map((at) => pixels[at])).toEqual(isMask ? [0, 255, 0, 255] : [0, 255, 51, 102])
  })

  it('are paired by the usual names, with the splits they name', async () => {
    const sets = { train: 6, val: 4, test: 2 }
    const spellings: ((split: string) => readonly [string, string])[] = [
      (split) => [`${split}_images`, `${split}_labels`],
      (split) => [`x_${split}`, `y_${split}`],
      (split) => [`X_${split}`, `Y_${split}`],
      (split) => [`${split}_data`, `${split}_targets`],
      (split) => [`images_${split}`, `labels_${split}`],
      (split) => [`${split}X`, `${split}Y`],
    ]
    for (const spell of spellings) {
      const arrays = Object.fromEntries(
        Object.entries(sets).flatMap(([split, count]) => {
          const [x, y] = spell(split)
          return [[x, pictures('NHW', [count, 4, 5, 1])] as const, [y, labels(count)] as const]
        }),
      )
      const { summary } = await openArrays(arrays)
      expect(summary.counts, spell('train').join()).toEqual({ train: 6, validation: 4, test: 2 })
    }
    for (const [x, y] of [
      ['x', 'y'],
      ['data', 'target'],
      ['images', 'labels'],
      ['arr_0', 'arr_1'],
      ['some', 'thing'],
    ]) {
      const { summary } = await openArrays({ [x as string]: pictures('NHW', [6, 4, 5, 1]), [y as string]: labels(6) })
      expect(summary.counts.train, x).toBe(6)
    }
  })

  it('may lie beside each other as files, in a folder or chosen alone', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'x_train.npy'), npy(pictures('NHWC', [8, 4, 4, 3])))
      await writeFile(join(folder, 'y_train.npy'), npy(labels(8)))
      await writeFile(join(folder, 'x_test.npy'), npy(pictures('NHWC', [4, 4, 4, 3])))
      await writeFile(join(folder, 'y_test.npy'), npy(labels(4)))
      await writeFile(join(folder, 'labels.txt'), 'cat\ndog\n')
      const { summary } = await openDataset(pathSettings(folder, everything))
      expect(summary).toMatchObject({ format: 'numpy', counts: { train: 8, validation: 0, test: 4 } })
      expect(summary.classes.map(({ name }) => name)).toEqual(['cat', 'dog'])
      expect(summary.classNamesFrom).toEqual({ kind: 'file', name: 'labels.txt' })
      const one = await openDataset(pathSettings(join(folder, 'x_test.npy'), everything))
      expect(one.summary.counts).toEqual({ train: 4, validation: 0, test: 0 })
      await expect(openDataset(pathSettings(join(folder, 'y_test.npy')))).rejects.toThrow(/holds labels, not pictures/)
      await writeFile(join(folder, 'other.npy'), npy(pictures('NHW', [3, 4, 4, 1])))
      await expect(openDataset(pathSettings(join(folder, 'other.npy')))).rejects.toThrow(
        /other.npy holds \(3, 4, 4\) uint8 and no labels lie beside it/,
      )
    })
  })

  it('leave a folder of pictures to its own reader', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['a', 'b']) {
        await mkdir(join(folder, name))
        await sharp({ create: { width: 8, height: 8, channels: 3, background: '#777' } })
          .png()
          .toFile(join(folder, name, 'one.png'))
      }
      await writeFile(join(folder, 'features.npy'), npy({ type: float32, shape: [2, 3], values: [1, 2, 3, 4, 5, 6] }))
      expect((await openDataset(pathSettings(folder, everything))).summary.format).toBe('folder')
    })
  })

  it('take labels as [N, 1], one-hot, text or numbers with gaps', async () => {
    const images = pictures('NHW', [4, 4, 4, 1])
    const column = await openArrays({ images, labels: { type: uint8, shape: [4, 1], values: [0, 1, 1, 0] } })
    expect([...column.splits.train.labels]).toEqual([0, 1, 1, 0])
    for (const fortranOrder of [false, true]) {
      const values = [1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
      const oneHot = await openArrays({ images, labels: { type: float32, shape: [4, 3], fortranOrder, values } })
      expect([...oneHot.splits.train.labels]).toEqual([0, 2, 1, 2])
    }
    for (const type of [
      { kind: 'U', itemBytes: 20, littleEndian: true },
      { kind: 'U', itemBytes: 20, littleEndian: false },
      { kind: 'S', itemBytes: 5, littleEndian: true },
    ] as const) {
      const text = await openArrays({ images, labels: { type, shape: [4], values: ['dog', 'cat', 'dog', 'ant'] } })
      expect(text.summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['ant', 1],
        ['cat', 1],
        ['dog', 2],
      ])
      expect(text.summary.classNamesFrom).toBeUndefined()
    }
    const gaps = await openArrays({ images, labels: { type: int64, shape: [4], values: [7, 3, 12, 7] } })
    expect(gaps.summary.classes.map(({ name }) => name)).toEqual(['3', '7', '12'])
    expect(gaps.summary.classNamesFrom).toEqual({ kind: 'numbers' })
    const names: TestArray = {
      type: { kind: 'U', itemBytes: 12, littleEndian: true },
      shape: [2],
      values: ['no', 'yes'],
    }
    const named = await openArrays({ images, labels: labels(4), class_names: names })
    expect(named.summary.classes.map(({ name }) => name)).toEqual(['no', 'yes'])
    expect(named.summary.classNamesFrom).toBeUndefined()
  })

  it('lists arrays that cannot be read, where they are not needed', async () => {
    const object = Buffer.from(npy(labels(3)).toString('latin1').replace("'<i8'", "'|O' "), 'latin1')
    const { summary } = await openArrays({ images: pictures('NHW', [4, 4, 4, 1]), labels: labels(4), info: object })
    expect(summary.problems[0]?.message).toMatch(/data.npz: info holds Python objects/)
    await expect(openArrays({ images: object, labels: labels(4) })).rejects.toThrow(
      /data.npz: images holds Python objects \(dtype object\), .*; save it from NumPy as an array of integers or floats/,
    )
  })

  it('lists an archive that cannot be read, where it is not needed', async () => {
    await inTemporaryFolder(async (folder) => {
      const arrays = { images: pictures('NHW', [4, 4, 4, 1]), labels: labels(4) }
      await writeFile(join(folder, 'good.npz'), await npz(arrays))
      const bad = join(folder, 'other.npz')
      await writeFile(bad, (await npz(arrays)).subarray(0, 200))
      const { summary } = await openDataset(pathSettings(folder))
      expect(summary.problems).toMatchObject([{ path: bad }])
      expect(summary.problems[0]?.message).toMatch(/other.npz is no sound NPZ or ZIP archive/)
    })
  })

  it('take names of any length and one-hot labels of many classes', async () => {
    const images = pictures('NHW', [4, 4, 4, 1])
    const long = ['dog', 'cat'].map((name) => name + '-'.repeat(199_997))
    const type = { kind: 'S', itemBytes: 200_000, littleEndian: true } as const
    const named = await openArrays({ images, labels: { type, shape: [4], values: [...long, ...long] } })
    expect(named.summary.classes.map(({ name }) => name)).toEqual([...long].sort())
    const classes = 100_000
    const values = new Array<number>(4 * classes).fill(0)
    for (const [row, column] of [99_999, 7, 99_999, 7].entries()) values[row * classes + column] = 1
    for (const fortranOrder of [false, true]) {
      const hot = await openArrays({ images, labels: { type: uint8, shape: [4, classes], fortranOrder, values } })
      expect(hot.summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['7', 2],
        ['99999', 2],
      ])
    }
  })

  const images = pictures('NHW', [4, 4, 4, 1])
  it.each<readonly [string, Parameters<typeof npz>[0], RegExp]>([
    ['other counts', { images, labels: labels(3) }, /labels holds 3 labels but images holds 4 pictures/],
    [
      'flat pictures',
      { images: { type: uint8, shape: [4, 16], values: images.values }, labels: labels(4) },
      /images has the shape \(4, 16\), which is not that of pictures/,
    ],
    [
      'two channels',
      { images: pictures('NHWC', [4, 4, 4, 2]), labels: labels(4) },
      /images has the shape \(4, 4, 4, 2\)/,
    ],
    ['no pictures', { images: { type: uint8, shape: [0, 4, 4], values: [] }, labels: labels(0) }, /shape \(0, 4, 4\)/],
    [
      'labels of rank 3',
      { images, labels: { type: uint8, shape: [4, 1, 1], values: [0, 1, 0, 1] } },
      /labels has the shape \(4, 1, 1\), which is not that of labels/,
    ],
    [
      'several labels',
      { images, labels: { type: uint8, shape: [4, 2], values: [1, 0, 1, 1, 0, 1, 1, 0] } },
      /picture #1 does not have exactly one 1/,
    ],
    [
      'fractions',
      { images, labels: { type: float32, shape: [4], values: [0, 1, 0.5, 1] } },
      /label 0.5 of picture #2 is no whole number/,
    ],
    ['one class', { images, labels: labels(4, 1) }, /has only one class to learn/],
    [
      'standardised floats',
      {
        images: { ...images, type: float32, values: images.values.map((value) => Number(value) / 64 - 2) },
        labels: labels(4),
      },
      /images holds float32 with values from -2 to 1.984, which are no pixels: save them as uint8/,
    ],
    [
      'NaN',
      {
        images: { ...images, type: float32, values: images.values.map((_, at) => (at === 3 ? NaN : 0)) },
        labels: labels(4),
      },
      /values that are no finite numbers/,
    ],
    [
      'large integers',
      {
        images: { ...images, type: int64, values: images.values.map((value) => Number(value) * 2) },
        labels: labels(4),
      },
      /holds int64 with values from 0 to \d+, which are no pixels/,
    ],
    [
      'a strange test label',
      { x_train: images, y_train: labels(4), x_test: images, y_test: labels(4, 3) },
      /y_test: label 2 of picture #2 is that of no training picture/,
    ],
    [
      'sizes that differ',
      { x_train: images, y_train: labels(4), x_test: pictures('NHW', [4, 5, 4, 1]), y_test: labels(4) },
      /x_test holds pictures of 4×5×1 but x_train of 4×4×1/,
    ],
    [
      'types that differ',
      { x_train: images, y_train: labels(4), x_test: { ...images, type: float32 }, y_test: labels(4) },
      /x_test holds float32 but .*x_train holds uint8/,
    ],
    [
      'nothing known',
      { weights: labels(4), bias: labels(4) },
      /holds weights \(4\) int64, bias \(4\) int64, of which none is known as pictures/,
    ],
    [
      'too few names',
      {
        images,
        labels: labels(4),
        class_names: { type: { kind: 'U', itemBytes: 4, littleEndian: true }, shape: [1], values: ['a'] },
      },
      /label 1 of picture #1 is out of range, as class_names in data.npz names 1 classes/,
    ],
  ])('are refused in one sentence: %s', async (_, arrays, sentence) => {
    await expect(openArrays(arrays)).rejects.toThrow(sentence)
  })

  it('are refused in one sentence where the file is damaged', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['empty.npz', 'empty.zip']) {
        await writeFile(join(folder, name), await npz({}))
        await expect(openDataset(pathSettings(join(folder, name)))).rejects.toThrow(`${name} holds no files`)
      }
      const whole = await npz({ images: pictures('NHW', [40, 20, 20, 1]), labels: labels(40) })
      const path = join(folder, 'data.npz')
      await writeFile(path, whole.subarray(0, 900))
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        /data.npz is no sound NPZ or ZIP archive \(.*\); get it/,
      )
      const broken = Buffer.from(whole)
      broken.fill(0xff, 300, 500)
      await writeFile(path, broken)
      await expect(openDataset(pathSettings(path))).rejects.toThrow(/data.npz: images cannot be unpacked \(.*damaged/)
      const alone = join(folder, 'x.npy')
      await writeFile(alone, npy(images).subarray(0, 150))
      await writeFile(join(folder, 'y.npy'), npy(labels(4)))
      await expect(openDataset(pathSettings(alone))).rejects.toThrow(
        /x.npy: its header says \(4, 4, 4\) of uint8, which is 64 bytes, but it holds 22; it is damaged/,
      )
      await writeFile(alone, npy(images).subarray(0, 50))
      await expect(openDataset(pathSettings(alone))).rejects.toThrow(/x.npy ends within its header \(50 bytes\)/)
    })
  })

  it('never unpack more than an archive can hold', async () => {
    const bomb = npy({ type: uint8, shape: [1000, 200, 200], values: [] })
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'data.npz')
      const bytes = await npz({ images: Buffer.concat([bomb, Buffer.alloc(1000)]), labels: labels(1000) }, true)
      // The directory claims all that the header of the array does.
      const directory = bytes.indexOf(Buffer.from('PK\x01\x02', 'latin1'))
      bytes.writeUInt32LE(bomb.length + 40_000_000, directory + 24)
      await writeFile(path, bytes)
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        /images claims 40000128 bytes, which its \d+ packed bytes cannot/,
      )
    })
  })
})

describe.skipIf(!hasSharedData)('real NPZ files (needs the shared data)', () => {
  it('PneumoniaMNIST opens with the splits its authors made', async () => {
    const { summary } = await openDataset(pathSettings(join(sharedData, 'medmnist/pneumoniamnist.npz')))
    expect(summary).toMatchObject({
      format: 'numpy',
      counts: { train: 3882, validation: 524, test: 624 },
      image: { width: 28, height: 28, channels: 1 },
      testSetGiven: true,
      problemCount: 0,
    })
    expect(summary.classes).toEqual([
      { name: 'normal', train: 388, validation: 135, test: 234 },
      { name: 'pneumonia', train: 3494, validation: 389, test: 390 },
    ])
  })

  it('one whose counts differ is refused', async () => {
    await expect(
      openDataset(pathSettings(join(sharedData, 'malformed/datasets/npz-counts-differ.npz'))),
    ).rejects.toThrow(/holds 9 labels but \w+ holds 10 pictures/)
  })
})
