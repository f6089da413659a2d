import { describe, expect, it } from 'vitest'
import { architectureSchema, type Architecture } from '../../engine/protocol/architecture.ts'
import {
  duplicateLayer,
  freeName,
  insertLayer,
  isFreeName,
  moveLayer,
  newLayer,
  removeLayer,
  replaceLayer,
} from './layer-edits.ts'

const network: Architecture = {
  name: 'tiny',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 8, kernel: [7, 7], stride: [1, 1], padding: [3, 3] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}
const names = (architecture: Architecture) => architecture.layers.map((layer) => layer.name)

describe('edits of a layer list', () => {
  it('puts a new layer where it is asked for, under a name nobody has', () => {
    expect(names(insertLayer(network, 0, 'conv'))).toEqual(['conv2', 'conv1', 'relu1', 'pool1', 'fc1'])
    expect(names(insertLayer(network, 4, 'relu')).at(-1)).toBe('relu2')
    expect(freeName(network.layers, 'averagePool')).toBe('pool2')
  })

  it('moves a layer to the position it then has, forwards and backwards', () => {
    expect(names(moveLayer(network, 0, 2))).toEqual(['relu1', 'pool1', 'conv1', 'fc1'])
    expect(names(moveLayer(network, 3, 1))).toEqual(['conv1', 'fc1', 'relu1', 'pool1'])
    expect(moveLayer(network, 0, -1)).toBe(network)
    expect(moveLayer(network, 3, 4)).toBe(network)
  })

  it('copies a layer with all its sizes and its own name', () => {
    const copied = duplicateLayer(network, 0)
    expect(copied.layers[1]).toEqual({ ...network.layers[0], name: 'conv2' })
  })

  it('keeps at least one layer', () => {
    const single: Architecture = { name: 'one', layers: network.layers.slice(3) }
    expect(removeLayer(single, 0)).toBe(single)
    expect(names(removeLayer(network, 1))).toEqual(['conv1', 'pool1', 'fc1'])
  })

  it('leaves the architecture it was given as it was', () => {
    const before = structuredClone(network)
    insertLayer(network, 1, 'dropout')
    removeLayer(network, 0)
    moveLayer(network, 0, 3)
    expect(network).toEqual(before)
  })

  it('makes layers the engine accepts', () => {
    const kinds = architectureSchema.shape.layers.element.options.map(({ shape }) => shape.kind.value)
    expect(kinds.length).toBeGreaterThan(15)
    for (const kind of kinds) {
      const layers = [newLayer(kind, 'a', 'before')]
      expect(architectureSchema.safeParse({ name: 'x', layers }).error, kind).toBeUndefined()
    }
  })

  it('keeps branches whole: what read a layer by name reads what comes in its place', () => {
    const branched: Architecture = {
      name: 'branched',
      layers: [
        { kind: 'relu', name: 'stem' },
        { kind: 'relu', name: 'branch', from: ['stem'] },
        { kind: 'add', name: 'sum', from: ['branch', 'stem'] },
        { kind: 'relu', name: 'end' },
      ],
    }
    const reads = (architecture: Architecture) =>
      Object.fromEntries(architecture.layers.map(({ name, from }) => [name, from]))
    expect(reads(insertLayer(branched, 2, 'batchNorm'))).toMatchObject({ norm1: undefined, sum: ['norm1', 'stem'] })
    expect(reads(removeLayer(branched, 0))).toMatchObject({ branch: ['image'], sum: ['branch', 'image'] })
    expect(reads(replaceLayer(branched, 0, { kind: 'relu', name: 'first' }))).toMatchObject({
      branch: ['first'],
      sum: ['branch', 'first'],
    })
    expect(reads(duplicateLayer(branched, 1))).toMatchObject({ relu1: undefined, sum: ['relu1', 'stem'] })
    expect(reads(removeLayer(branched, 2))).toMatchObject({ end: ['branch'] })
  })

  it('refuses a name that another layer has', () => {
    expect(isFreeName(network, 0, 'relu1')).toBe(false)
    expect(isFreeName(network, 0, 'conv1')).toBe(true)
    expect(isFreeName(network, 0, '  ')).toBe(false)
    expect(isFreeName(network, 0, 'image')).toBe(false)
    expect(isFreeName(network, 0, 'conv1, conv2')).toBe(false)
  })
})
