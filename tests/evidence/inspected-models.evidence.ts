import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { type InspectCommand, buildInspectCommand, expectLayers } from '../engine/inspect-models.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')
const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : []

describe.skipIf(files.length === 0)('every model of the collection (needs ../shared/data/models)', () => {
  let command: InspectCommand
  beforeAll(async () => {
    command = await buildInspectCommand()
  })
  afterAll(() => command.remove())

  it.each(files)('%s: its layers as JSON', async (file) => {
    expectLayers(join(folder, file), await command.inspect(join(folder, file), '--json'))
  })
})
