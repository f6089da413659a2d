import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { openDataset } from '../open-dataset.ts'
import { inTemporaryFolder, pathSettings } from '../test-data.ts'

it('opens a folder of pictures without labels, with nothing held out', async () => {
  await inTemporaryFolder(async (folder) => {
    for (let index = 0; index < 12; index++) {
      await sharp({ create: { width: 9, height: 7, channels: 3, background: { r: index * 20, g: 0, b: 0 } } })
        .png()
        .toFile(join(folder, `${String.fromCharCode(97 + index)}.png`))
    }
    await writeFile(join(folder, 'broken.jpg'), 'no picture')
    await writeFile(join(folder, 'notes.txt'), 'kept apart')
    const { summary, splits } = await openDataset(pathSettings(folder))
    expect(summary).toMatchObject({
      format: 'pictures',
      unlabelled: true,
      classes: [],
      counts: { train: 12, validation: 0, test: 0 },
      image: { width: 9, height: 7, channels: 3 },
      problemCount: 1,
    })
    expect(summary.problems[0]?.path).toBe(join(folder, 'broken.jpg'))
    expect(splits.train.originOf(3)).toBe('d.png')
    const picture = new Uint8Array(9 * 7 * 3)
    await splits.train.read([3], picture)
    expect(picture[0]).toBe(60)
  })
})

it('says so where none of the pictures can be read', async () => {
  await inTemporaryFolder(async (folder) => {
    await writeFile(join(folder, 'broken.jpg'), 'no picture')
    await expect(openDataset(pathSettings(folder))).rejects.toThrow(
      /holds no readable picture \(1 could not be used, such as .*broken.jpg\); add PNG/,
    )
  })
})
