import { copyFile, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import { hasSharedData, inTemporaryFolder, pathSettings, sharedData } from '../test-data.ts'

async function writePictures(folder: string, count: number, width = 12, height = 8, value = 100): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (let index = 0; index < count; index++) {
    await sharp({ create: { width, height, channels: 3, background: { r: value, g: index, b: 0 } } })
      .png()
      .toFile(join(folder, `${String(index).padStart(3, '0')}.png`))
  }
}

describe('a folder of class folders', () => {
  it('names classes after their folders and takes the most frequent size', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'cat'), 10)
      await writePictures(join(folder, 'ant'), 10, 12, 8, 200)
      await writePictures(join(folder, 'ant', 'more'), 2, 30, 20, 200)
      await writeFile(join(folder, 'cat', 'notes.txt'), 'not a picture, and not named like one')
      const { summary, splits } = await openDataset(pathSettings(folder, { testShare: 0.2, validationShare: 0 }))
      expect(summary).toMatchObject({
        format: 'folder',
        title: folder,
        classes: [
          { name: 'ant', train: 10, validation: 0, test: 2 },
          { name: 'cat', train: 8, validation: 0, test: 2 },
        ],
        image: { width: 12, height: 8, channels: 3, fit: 'crop' },
        originalSizes: [
          { width: 12, height: 8, count: 20 },
          { width: 30, height: 20, count: 2 },
        ],
        problemCount: 0,
      })
      const pixels = new Uint8Array(splits.train.count * splits.train.pictureBytes)
      await splits.train.read([...splits.train.labels.keys()], pixels)
      for (const [position, label] of splits.train.labels.entries()) {
        expect(pixels[position * splits.train.pictureBytes]).toBe(label === 0 ? 200 : 100)
      }
      expect(summary.mean[0]).toBeCloseTo((10 * 200 + 8 * 100) / 18 / 255, 10)
      expect(summary.mean[2]).toBe(0)
    })
  })

  it('takes no folder for a picture, walks in no circle and leaves hidden folders out', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['a', 'b']) {
        await writePictures(join(folder, name), 2)
        await mkdir(join(folder, name, 'folder.png'))
        await writePictures(join(folder, name, '.ipynb_checkpoints'), 2)
        await symlink('..', join(folder, name, 'up'))
        await symlink('.', join(folder, name, 'here'))
      }
      const settings = pathSettings(folder, { testShare: 0, validationShare: 0 })
      const { summary, splits } = await openDataset(settings)
      expect(summary.problems).toEqual([])
      const own = (name: string) => [0, 1].map((index) => join(name, `00${index}.png`))
      // From a, up leads to the folder of both, and from there to b.
      const found = [...splits.train.labels.keys()].map((index) => splits.train.originOf(index))
      const through = [
        ...own('b').map((name) => join('a', 'up', name)),
        ...own('a').map((name) => join('b', 'up', name)),
      ]
      expect(found.toSorted()).toEqual([...own('a'), ...own('b'), ...through].toSorted())
    })
  })

  it('shrinks large pictures to 128 on the long side unless told otherwise, and is grey where all pictures are', async () => {
    await inTemporaryFolder(async (folder) => {
      for (const name of ['a', 'b']) {
        await mkdir(join(folder, name))
        await sharp({ create: { width: 400, height: 300, channels: 3, background: '#777' } })
          .toColourspace('b-w')
          .png()
          .toFile(join(folder, name, 'one.png'))
      }
      const settings = pathSettings(folder, { testShare: 0, validationShare: 0 })
      expect((await openDataset(settings)).summary.image).toEqual({ width: 128, height: 96, channels: 1, fit: 'crop' })
      const image = { width: 20, height: 24, channels: 3, fit: 'pad' } as const
      const { summary, splits } = await openDataset({ ...settings, image })
      expect(summary.image).toEqual(image)
      expect(splits.train.pictureBytes).toBe(20 * 24 * 3)
    })
  })

  it('uses train, val and test folders as they are', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'Train', 'a'), 4)
      await writePictures(join(folder, 'Train', 'b'), 5)
      await writePictures(join(folder, 'val', 'a'), 2)
      await writePictures(join(folder, 'test', 'b'), 3)
      await writePictures(join(folder, 'test', 'unknown'), 1)
      const { summary, splits } = await openDataset(pathSettings(folder))
      expect(summary.classes).toEqual([
        { name: 'a', train: 4, validation: 2, test: 0 },
        { name: 'b', train: 5, validation: 0, test: 3 },
      ])
      expect(summary.testSetGiven).toBe(true)
      expect(summary.problems).toEqual([
        {
          path: join(folder, 'unknown'),
          message: 'Class “unknown” has no readable picture for training, so it is left out.',
        },
      ])
      expect(splits.test.originOf(0)).toBe(join('test', 'b', '000.png'))
    })
  })

  it('follows links to class folders', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'elsewhere', 'x'), 3)
      await writePictures(join(folder, 'data', 'b'), 3)
      await symlink(join(folder, 'elsewhere', 'x'), join(folder, 'data', 'a'))
      await symlink(join(folder, 'nowhere'), join(folder, 'data', 'c'))
      const { summary } = await openDataset(pathSettings(join(folder, 'data'), { testShare: 0, validationShare: 0 }))
      expect(summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['a', 3],
        ['b', 3],
      ])
    })
  })

  it('skips, counts and lists what cannot be read', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'a'), 6)
      await writePictures(join(folder, 'b'), 6)
      await writePictures(folder, 1)
      await writeFile(join(folder, 'a', 'text.png'), 'no picture')
      await writeFile(join(folder, 'b', 'empty.jpg'), '')
      const whole = await sharp({ create: { width: 64, height: 64, channels: 3, background: '#123' } })
        .png({ compressionLevel: 0 })
        .toBuffer()
      await writeFile(join(folder, 'b', 'cut.png'), whole.subarray(0, 3000))
      const { summary } = await openDataset(pathSettings(folder, { testShare: 0, validationShare: 0 }))
      expect(summary.counts.train).toBe(12)
      expect(summary.problemCount).toBe(4)
      expect(summary.problems.map((problem) => problem.path).sort()).toEqual([
        join(folder, '000.png'),
        join(folder, 'a', 'text.png'),
        join(folder, 'b', 'cut.png'),
        join(folder, 'b', 'empty.jpg'),
      ])
      expect(summary.originalSizes).toEqual([{ width: 12, height: 8, count: 12 }])
    })
  })

  it('lists at most 1,000 problems but counts all', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'a'), 2)
      await writePictures(join(folder, 'b'), 2)
      await Promise.all(
        Array.from({ length: 1005 }, (_, index) => writeFile(join(folder, 'a', `bad${index}.jpg`), 'bad')),
      )
      const { summary } = await openDataset(pathSettings(folder, { testShare: 0, validationShare: 0 }))
      expect(summary.problems).toHaveLength(1000)
      expect(summary.problemCount).toBe(1005)
    })
  })

  it('says in one sentence why nothing can be learned', async () => {
    await inTemporaryFolder(async (folder) => {
      const open = () => openDataset(pathSettings(folder))
      await expect(open()).rejects.toThrow(/is an empty folder; choose a folder/)
      await writeFile(join(folder, 'readme.txt'), '')
      await expect(open()).rejects.toThrow(/holds nothing that can be opened/)
      await writePictures(folder, 2)
      await mkdir(join(folder, 'a'))
      await expect(open()).rejects.toThrow(/has no readable picture for training/)
      await writePictures(join(folder, 'a'), 3)
      await mkdir(join(folder, 'b'))
      await writeFile(join(folder, 'b', 'bad.png'), 'bad')
      await expect(open()).rejects.toThrow(/has only one class to learn \(“a”\); a network needs at least two/)
      await expect(openDataset(pathSettings(join(folder, 'a', '000.png')))).rejects.toThrow(/is a single file/)
      await expect(openDataset(pathSettings(join(folder, 'readme.txt')))).rejects.toThrow(/of no format .*“\.txt”/)
      await expect(openDataset(pathSettings(join(folder, 'none')))).rejects.toThrow(
        /none does not exist; check the path/,
      )
    })
    await inTemporaryFolder(async (folder) => {
      await writePictures(join(folder, 'test', 'a'), 1)
      await expect(openDataset(pathSettings(folder))).rejects.toThrow(/holds test but no pictures for training/)
    })
  })

  it.skipIf(!hasSharedData)(
    'opens flowers with a cut JPEG among them (needs the shared data)',
    async () => {
      await inTemporaryFolder(async (folder) => {
        for (const name of ['daisy', 'dandelion', 'rose', 'sunflower', 'tulip']) {
          await mkdir(join(folder, name))
          const files = (await readdir(join(sharedData, 'flowers128', name))).slice(0, 20)
          for (const file of files) await copyFile(join(sharedData, 'flowers128', name, file), join(folder, name, file))
        }
        await copyFile(join(sharedData, 'malformed/datasets/truncated.jpg'), join(folder, 'rose', 'truncated.jpg'))
        const { summary } = await openDataset(pathSettings(folder))
        expect(summary.classes.map((each) => each.name)).toEqual(['daisy', 'dandelion', 'rose', 'sunflower', 'tulip'])
        expect(summary.image).toEqual({ width: 128, height: 128, channels: 3, fit: 'crop' })
        expect(summary.problems.map((problem) => problem.path)).toEqual([join(folder, 'rose', 'truncated.jpg')])
        expect(summary.counts.train + summary.counts.validation + summary.counts.test).toBe(100)
      })
    },
    60_000,
  )
})
