import { expect, it } from 'vitest'
import type { Architecture, ArchitectureDescription, Layer } from '../../engine/protocol/architecture.ts'
import { architectureGraph, imageId, layerSize } from './architecture-graph.ts'
import { outlineOf } from './graph-outline.ts'
import { initiallyOpened, visibleGraph } from './visible-graph.ts'

const residual: Architecture = {
  name: 'residual',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 8, kernel: [7, 5], stride: [2, 2], padding: [3, 2] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'conv', name: 'block_conv', filters: 8, kernel: [3, 3], stride: [1, 1], padding: [1, 1] },
    { kind: 'batchNorm', name: 'block_norm' },
    { kind: 'add', name: 'block_add', from: ['block_norm', 'relu1'] },
    { kind: 'globalAveragePool', name: 'pool1' },
    { kind: 'dropout', name: 'dropout1', rate: 0.5 },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}
const layer = (at: number, outputShape: readonly number[]) => {
  const { name, kind } = residual.layers[at] ?? { name: '', kind: 'relu' }
  return { name, kind, outputShape, parameters: 0, parameterFormula: '', multiplyAdds: 0 }
}
const description: ArchitectureDescription = {
  layers: [{ ...layer(0, [8, 14, 14]), warning: 'not whole' }, layer(1, [8, 14, 14]), layer(2, [8, 14, 14])],
  parameters: 0,
  multiplyAdds: 0,
  error: { layer: 'block_norm', message: 'It cannot be.' },
}
const subject = architectureGraph(residual, 'Residual', {
  description,
  input: { channels: 1, height: 28, width: 28, classes: 10 },
  kindText: (kind) => kind.toUpperCase(),
  problems: { uneven: 'It is not whole.', concerns: [{ layer: 'relu1', message: 'It is odd.' }, { message: 'All.' }] },
})
const texts = {
  block: (number: number) => `Block ${number}`,
  nodes: (count: number) => `${count} layers`,
  alike: (count: number) => `${count} alike`,
  input: 'Input',
  output: 'Output',
}

it('has a box for each layer, its sizes, and edges where layers read others, in turn or by name', () => {
  const outline = outlineOf(subject.nodes, true)
  const { boxes, edges } = visibleGraph(outline, subject, initiallyOpened(outline), texts)
  const leaves = boxes.filter(({ form }) => form === 'node')
  expect(leaves.map(({ nodes }) => nodes)).toEqual(residual.layers.map(({ name }) => [name]))
  expect(leaves[0]).toMatchObject({ title: 'CONV', size: '7×5, 8, /2', detail: 'conv1', kind: 'convolution' })
  const between = edges.map(({ source, target }) => `${source} ${target}`)
  expect(between).toContain('relu1 block_conv')
  expect(between).toContain('relu1 block_add')
  expect(between).toContain('block_norm block_add')
  expect(between).toContain(`${imageId} conv1`)
  expect(edges.find(({ source }) => source === imageId)?.shape).toBe('1×28×28')
  expect(edges.find(({ target }) => target === 'relu1')?.shape).toBe('8×14×14')
})

it('marks what cannot be, what is not whole and what is most likely not meant, folded blocks with their worst', () => {
  const marks = Object.fromEntries(subject.nodes.map(({ id, mark }) => [id, mark]))
  expect(marks).toMatchObject({
    conv1: { tone: 'warning', message: 'It is not whole.' },
    relu1: { tone: 'warning', message: 'It is odd.' },
    block_conv: undefined,
    block_norm: { tone: 'danger', message: 'It cannot be.' },
  })
  const outline = outlineOf(subject.nodes, true)
  const folded = visibleGraph(outline, subject, new Set(), texts).boxes.find(({ form }) => form === 'folded')
  expect(folded).toMatchObject({ title: 'block', detail: '3 layers', mark: { tone: 'danger' } })
})

it('writes sizes as papers do', () => {
  expect(residual.layers.map((of) => layerSize(of, 10))).toEqual(['7×5, 8, /2', '', '3×3, 8', '', '', '', '0.5', '10'])
  const pool: Layer = { kind: 'maxPool', name: 'p', kernel: [3, 3], stride: [2, 1], padding: [0, 0] }
  expect(layerSize(pool, 10)).toBe('3×3, /2×1')
  expect(layerSize({ kind: 'shortcut', name: 's', channels: 32, stride: [2, 2] }, undefined)).toBe('32, /2')
  expect(layerSize({ kind: 'fullyConnected', name: 'f', units: 64 }, 10)).toBe('64')
})
