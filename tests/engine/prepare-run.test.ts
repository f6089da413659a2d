import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runSettingsSchema } from '../../engine/protocol/settings.ts'
import { RunFolder } from '../../engine/runs/run-folder.ts'
import { prepareRun } from '../../engine/trainer/prepare-run.ts'

it('shows rows that read the picture itself as pictures', async () => {
  const parent = await mkdtemp(join(tmpdir(), 'prepare-'))
  try {
    const settings = runSettingsSchema.parse({
      data: { source: { kind: 'xo', options: { count: 40, size: 9 } } },
      network: {
        kind: 'layers',
        architecture: { name: 'linear', layers: [{ kind: 'fullyConnected', name: 'fc1', units: 'classes' }] },
      },
      training: { optimizer: { kind: 'adam' }, schedule: {} },
    })
    const folder = await RunFolder.create(join(parent, 'run'), 'run', settings, '0.0.0')
    const { network } = await prepareRun(folder, settings, {})
    expect(network.watchedLayers.map(({ name, shape }) => ({ name, shape }))).toEqual([
      { name: 'fc1', shape: [2, 1, 9, 9] },
    ])
  } finally {
    await rm(parent, { recursive: true })
  }
})
