import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ModelShelf } from '../../engine/inspector/model-shelf.ts'
import { elementCount } from '../../engine/onnx/graph.ts'

const folder = resolve(import.meta.dirname, '../../../shared/data/models')

describe.skipIf(!existsSync(folder))('model files from many exporters (needs ../shared/data/models)', () => {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.onnx')) : []
  for (const file of files) {
    it(`${file}: its layers and their kernels are found`, () => {
      const path = join(folder, file)
      const shelf = new ModelShelf()
      const { layers, nodes, title } = shelf.summary(path)
      expect(title).toBe(file.replace('.onnx', ''))
      expect(new Set(layers.map(({ name }) => name)).size).toBe(layers.length)
      for (const layer of layers) {
        expect(nodes.find(({ id }) => id === layer.nodeId)?.layer).toBe(layer.name)
        const { weights } = shelf.filters(path, layer.name)
        expect(weights.data).toHaveLength(elementCount(layer.shape))
      }
    })
  }
})
