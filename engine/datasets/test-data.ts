import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type DataSettings, dataSettingsSchema, xoOptionsSchema } from '../protocol/settings.ts'

/** Real data sets for tests, which are not part of the project. */
export const sharedData = resolve(import.meta.dirname, '../../../shared/data')
export const hasSharedData = existsSync(sharedData)

/** Runs `use` with a new folder that is gone afterwards. */
export async function inTemporaryFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'filterscope-data-'))
  try {
    await use(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** An IDX file of unsigned bytes. */
export function idxBytes(dims: readonly number[], data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dims.length + data.length)
  const view = new DataView(bytes.buffer)
  view.setUint32(0, 0x0800 | dims.length)
  dims.forEach((size, axis) => view.setUint32(4 + 4 * axis, size))
  bytes.set(data, 4 + 4 * dims.length)
  return bytes
}

export function pathSettings(path: string, more: Partial<DataSettings> = {}): DataSettings {
  return { ...dataSettingsSchema.parse({ source: { kind: 'path', path } }), ...more }
}

export function xoSettings(options: object = {}, more: Partial<DataSettings> = {}): DataSettings {
  return { ...dataSettingsSchema.parse({ source: { kind: 'xo', options: xoOptionsSchema.parse(options) } }), ...more }
}
