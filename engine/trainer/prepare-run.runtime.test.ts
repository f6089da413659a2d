import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, it } from 'vitest'
import { findPreset } from '../architectures/presets/presets.ts'
import { DataError } from '../datasets/dataset.ts'
import { inTemporaryFolder, pathSettings } from '../datasets/test-data.ts'
import { runSettingsSchema } from '../protocol/settings.ts'
import type { RunFolder } from '../runs/run-folder.ts'
import { prepareRun } from './prepare-run.ts'

it('refuses pictures without labels in one sentence', async () => {
  await inTemporaryFolder(async (folder) => {
    const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#777' } })
      .png()
      .toBuffer()
    for (const name of ['a.png', 'b.png']) await writeFile(join(folder, name), picture)
    const settings = runSettingsSchema.parse({
      data: pathSettings(folder),
      network: { kind: 'layers', architecture: findPreset('small')?.architecture },
      training: { optimizer: { kind: 'adam' }, schedule: {} },
    })
    const preparing = prepareRun({ hasSource: false } as RunFolder, settings, {})
    await expect(preparing).rejects.toThrow(
      /holds pictures without labels, so there is nothing to learn from them; put/,
    )
    await expect(preparing).rejects.toBeInstanceOf(DataError)
  })
})
