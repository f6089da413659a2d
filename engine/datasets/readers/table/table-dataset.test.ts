import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openDataset } from '../../open-dataset.ts'
import { inTemporaryFolder, pathSettings } from '../../test-data.ts'

const everything = { validationShare: 0, testShare: 0 }

async function writePictures(folder: string, names: readonly string[]): Promise<void> {
  for (const [index, name] of names.entries()) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    const background = { r: 10 * index, g: 0, b: 0 }
    await sharp({ create: { width: 8, height: 6, channels: 3, background } })
      .png()
      .toFile(join(folder, name))
  }
}

const four = ['a.png', 'b.png', 'c.png', 'd.png']

describe('a table of labels beside pictures', () => {
  it.each([
    ['commas', 'filename,label\na.png,cat\nb.png,dog\nc.png,cat\nd.png,dog\n'],
    [
      'semicolons and a mark of byte order',
      '\uFEFFimage;class\r\na.png;cat\r\nb.png;dog\r\nc.png;cat\r\nd.png;dog\r\n',
    ],
    ['tabs and other columns', 'width\tpath\tcategory\n8\ta.png\tcat\n8\tb.png\tdog\n8\tc.png\tcat\n8\td.png\tdog\n'],
    ['no header', 'a.png,cat\nb.png,dog\nc.png,cat\nd.png,dog'],
    ['quotes', '"file name","label"\n"a.png","cat"\n"b.png","dog"\n"c.png","cat"\n"d.png","dog"\n'],
    ['names without their ending', 'id,breed\na,cat\nb,dog\nc,cat\nd,dog\n'],
  ])('is read with %s', async (_, table) => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, four)
      await writeFile(join(folder, 'labels.csv'), table)
      for (const path of [folder, join(folder, 'labels.csv')]) {
        const { summary, splits } = await openDataset(pathSettings(path, everything))
        expect(summary).toMatchObject({ format: 'table', title: path, problemCount: 0 })
        expect(summary.classes.map(({ name, train }) => [name, train])).toEqual([
          ['cat', 2],
          ['dog', 2],
        ])
        expect([...splits.train.labels]).toEqual([0, 1, 0, 1])
        const picture = new Uint8Array(splits.train.pictureBytes)
        await splits.train.read([2], picture)
        expect(picture[0]).toBe(20)
      }
    })
  })

  it('tells a table of a header alone', async () => {
    await inTemporaryFolder(async (folder) => {
      await writeFile(join(folder, 'labels.csv'), 'file,label\n')
      await expect(openDataset(pathSettings(join(folder, 'labels.csv')))).rejects.toThrow(
        'labels.csv has a header but no rows',
      )
    })
  })

  it('orders classes the same whichever way the rows lie', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, four)
      const rows = ['a.png,10', 'b.png,1a', 'c.png,2', 'd.png,2']
      for (const each of [rows, rows.toReversed(), [rows[1], rows[0], rows[2], rows[3]]]) {
        await writeFile(join(folder, 'labels.csv'), ['file,label', ...each].join('\n'))
        const { summary } = await openDataset(pathSettings(folder, everything))
        expect(summary.classes.map(({ name }) => name)).toEqual(['2', '10', '1a'])
      }
    })
  })

  it('finds pictures in folders below, and splits by a column', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, ['images/x/a.png', 'images/b.png', 'images/c.png', 'images/d.png', 'images/e.png'])
      const rows = ['x/a.png,0,train', 'b.png,10,train', 'images/c.png,2,val', 'd,0,test', 'e.png,2,train']
      await writeFile(join(folder, 'meta.csv'), ['image_id,target,split', ...rows].join('\n'))
      const { summary, splits } = await openDataset(pathSettings(folder))
      expect(summary.counts).toEqual({ train: 3, validation: 1, test: 1 })
      expect(summary.classes.map(({ name }) => name)).toEqual(['0', '2', '10'])
      expect(splits.test.originOf(0)).toBe('images/d.png')
    })
  })

  it('takes the splits from the names of several tables', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, four)
      await writeFile(join(folder, 'train.csv'), 'file,label\na.png,x\nb.png,y\n')
      await writeFile(join(folder, 'test.csv'), 'file,label\nc.png,x\nd.png,y\n')
      const { summary } = await openDataset(pathSettings(folder, everything))
      expect(summary.counts).toEqual({ train: 2, validation: 0, test: 2 })
    })
  })

  it('lists missing files, rows without label, contradictions and pictures no row names', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, [...four, 'e.png'])
      await writeFile(join(folder, 'bad.png'), 'no picture')
      const rows = [
        'a.png,cat',
        'b.png,dog',
        'gone.png,dog',
        'c.png,',
        'a.png,dog',
        'd.png,dog',
        '../x.png,cat',
        'bad.png,cat',
      ]
      await writeFile(join(folder, 'labels.csv'), ['file,label', ...rows].join('\n'))
      const { summary } = await openDataset(pathSettings(folder, everything))
      expect(summary.classes.map(({ name, train }) => [name, train])).toEqual([
        ['cat', 1],
        ['dog', 2],
      ])
      expect(summary.problems.map(({ message }) => message)).toEqual([
        'Line 4 of labels.csv names “gone.png”, which is not there; it is left out.',
        'Line 5 of labels.csv gives this picture no label, so it is left out.',
        'Line 6 of labels.csv calls this picture “dog”, but an earlier one calls it “cat”; the first is used.',
        'Line 8 of labels.csv names “../x.png”, which is not there; it is left out.',
        'No row of labels.csv gives this picture a label, so it is left out.',
        expect.stringMatching(/bad.png cannot be read as a picture/),
      ])
      expect(summary.problems[4]?.path).toBe(join(folder, 'e.png'))
    })
  })

  it('leaves other tables and class folders alone', async () => {
    await inTemporaryFolder(async (folder) => {
      await writePictures(folder, ['cat/a.png', 'cat/b.png', 'dog/c.png', 'dog/d.png'])
      await writeFile(join(folder, 'history.csv'), 'epoch,loss\n1,0.5\n')
      await writeFile(join(folder, 'readme.txt'), 'Cats, dogs and nothing else.')
      await writeFile(join(folder, 'other.csv'), 'file,label\nnot-here.png,x\n')
      expect((await openDataset(pathSettings(folder, everything))).summary.format).toBe('folder')
    })
  })

  it('says so where nothing it names is there, or a line is broken', async () => {
    await inTemporaryFolder(async (folder) => {
      const path = join(folder, 'labels.csv')
      await writeFile(path, 'file,label\nz.png,cat\ny.png,dog\n')
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        /labels.csv names 2 pictures, such as z.png, but none of them lies beside it/,
      )
      await writePictures(folder, four)
      await writeFile(path, 'file,label\na.png,"cat\nb.png,dog\n')
      await expect(openDataset(pathSettings(path))).rejects.toThrow(
        /labels.csv cannot be read as a table \(.*\); correct/,
      )
    })
  })
})
