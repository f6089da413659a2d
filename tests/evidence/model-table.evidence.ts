import { fork } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ModelSummary } from '../../engine/protocol/models.ts'
import { type BuiltPrograms, buildPrograms } from '../server/fixtures/built-programs.ts'
import { callInspector } from '../server/fixtures/call-inspector.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')

let programs: BuiltPrograms
beforeAll(async () => {
  programs = await buildPrograms({ inspector: 'engine/inspector/inspector-process.ts' })
})
afterAll(() => programs.remove())

function whyNot({ training, output, image, layers }: ModelSummary): string {
  const [first, ...others] = training.obstacles
  const isClassifier = output.classes !== undefined && image !== undefined
  const count = layers.filter(({ trainable }) => trainable).length
  if (first !== undefined && count === 0)
    return `no: ${first.reason}${others.length > 0 ? ` (and ${others.length} more)` : ''}`
  const share = count === layers.length ? 'all layers' : `${count} of ${layers.length} layers`
  if (!isClassifier) return `${share} have a gradient, but it gives no class scores of pictures`
  return share
}

describe.skipIf(!existsSync(folder))('every model of the collection (needs ../shared/data/models)', () => {
  it('opens; opset, what can be trained, and the time from asking to the first filters', async () => {
    const lines = []
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.onnx'))) {
      const inspector = fork(join(programs.folder, 'inspector.js'), { serialization: 'advanced' })
      const path = join(folder, file)
      // The process that reads models is running when a window asks.
      await callInspector(inspector, 'models.open', { path: join(folder, 'light_squeezenet.onnx') })
      const started = performance.now()
      const summary = await callInspector(inspector, 'models.open', { path })
      const [layer] = summary.layers
      const frame = layer && (await callInspector(inspector, 'models.filters', { path, layer: layer.name }))
      const ms = Math.round(performance.now() - started)
      inspector.kill()
      expect(frame?.weights.dims).toEqual(layer?.shape)
      const head = summary.head === undefined ? '' : `, head ${summary.head.form} '${summary.head.layer}'`
      lines.push(`| ${file} | ${summary.opset} | ${summary.layers.length} | ${ms} ms | ${whyNot(summary)}${head} |`)
    }
    console.log(['| file | opset | layers | first filters | trainable |', '|---|---|---|---|---|', ...lines].join('\n'))
  })
})
