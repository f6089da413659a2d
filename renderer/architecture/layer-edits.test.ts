import { describe, expect, it } from 'vitest'
import { architectureSchema, IMAGE, type Architecture, type Layer } from '../../engine/protocol/architecture.ts'
import { addBranch, addShortcut } from './branching.ts'
import { duplicateLayers, insertLayer, moveLayers, removeLayers, replaceLayer } from './layer-edits.ts'
import { freeName, isFreeName } from './layer-names.ts'
import { newLayer } from './new-layer.ts'

const network: Architecture = {
  name: 'tiny',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 8, kernel: [7, 7], stride: [1, 1], padding: [3, 3] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}
const one = (at: number) => ({ first: at, last: at })
const names = (architecture: Architecture) => architecture.layers.map((layer) => layer.name)
const reads = (architecture: Architecture) =>
  Object.fromEntries(architecture.layers.map(({ name, from }) => [name, from]))
const relu = (name: string, from?: string[]): Layer => ({ kind: 'relu', name, ...(from && { from }) })

/** stem → a1 → a2 ⊕ stem → end */
const residual: Architecture = {
  name: 'residual',
  layers: [
    relu('stem'),
    relu('a1', ['stem']),
    relu('a2'),
    { kind: 'add', name: 'sum', from: ['a2', 'stem'] },
    relu('end'),
  ],
}
/** stem → (a1 | b1 → b2 | c1) → joined → end */
const inception: Architecture = {
  name: 'inception',
  layers: [
    relu('stem'),
    relu('a1', ['stem']),
    relu('b1', ['stem']),
    relu('b2'),
    relu('c1', ['stem']),
    { kind: 'concat', name: 'joined', from: ['a1', 'b2', 'c1'] },
    relu('end'),
  ],
}

describe('edits of a network with auxiliary heads', () => {
  const heads = [
    { from: 'a1', weight: 0.3, layers: [relu('head1')] },
    { from: 'joined', weight: 0.3, layers: [relu('head2')] },
  ]
  const headed: Architecture = { ...inception, heads }
  const places = ({ heads: left }: Architecture) => left?.map(({ from }) => from)

  it('leave the heads where they are', () => {
    expect(insertLayer(headed, 2, 'conv').heads).toEqual(heads)
    expect(moveLayers(headed, one(2), 4).heads).toEqual(heads)
    expect(duplicateLayers(headed, one(2)).heads).toEqual(heads)
    expect(insertLayer(inception, 2, 'conv')).not.toHaveProperty('heads')
  })

  it('let them follow a layer under its new name', () => {
    expect(places(replaceLayer(headed, 1, relu('renamed', ['stem'])))).toEqual(['renamed', 'joined'])
  })

  it('put them at what is left before a layer that goes', () => {
    expect(places(removeLayers(headed, one(1)))).toEqual(['stem', 'joined'])
  })

  it('take away those with nothing but the picture before them', () => {
    const rest = removeLayers(headed, { first: 0, last: 5 })
    expect(names(rest)).toEqual(['end'])
    expect(rest).not.toHaveProperty('heads')
  })

  it('give no layer the name of one in a head', () => {
    expect(isFreeName(headed, 0, 'head1')).toBe(false)
    expect(isFreeName(headed, 0, 'stem')).toBe(true)
  })
})

describe('edits of a layer list', () => {
  it('puts a new layer where it is asked for, under a name nobody has', () => {
    expect(names(insertLayer(network, 0, 'conv'))).toEqual(['conv2', 'conv1', 'relu1', 'pool1', 'fc1'])
    expect(names(insertLayer(network, 4, 'relu')).at(-1)).toBe('relu2')
    expect(freeName(network.layers, 'averagePool')).toBe('pool2')
  })

  it('gives a new convolution as many filters as it reads maps, so that nothing behind it has to change', () => {
    expect(insertLayer(network, 3, 'conv').layers[3]).toMatchObject({ kind: 'conv', filters: 8 })
    const channels = (at: number): unknown => insertLayer(wide, at, 'conv').layers[at]
    const wide: Architecture = {
      name: 'wide',
      layers: [...network.layers.slice(0, 2), { kind: 'concat', name: 'both', from: ['conv1', 'relu1'] }],
    }
    expect(channels(3)).toMatchObject({ filters: 16 })
    expect(channels(0)).toMatchObject({ filters: 16 })
  })

  it('moves a layer to the position it then has, forwards and backwards', () => {
    expect(names(moveLayers(network, one(0), 2))).toEqual(['relu1', 'pool1', 'conv1', 'fc1'])
    expect(names(moveLayers(network, one(3), 1))).toEqual(['conv1', 'fc1', 'relu1', 'pool1'])
    expect(names(moveLayers(network, { first: 0, last: 1 }, 2))).toEqual(['pool1', 'fc1', 'conv1', 'relu1'])
    expect(moveLayers(network, one(0), -1)).toBe(network)
    expect(moveLayers(network, one(3), 4)).toBe(network)
    expect(moveLayers(network, { first: 0, last: 1 }, 3)).toBe(network)
  })

  it('leaves layers that follow each other without a word about what they read', () => {
    const edited = [
      insertLayer(network, 2, 'conv'),
      removeLayers(network, one(1)),
      moveLayers(network, one(2), 0),
      duplicateLayers(network, { first: 0, last: 1 }),
    ]
    for (const { layers } of edited) expect(layers.filter(({ from }) => from !== undefined)).toEqual([])
  })

  it('copies layers with all their sizes, alone and together', () => {
    expect(duplicateLayers(network, one(0)).layers[1]).toEqual({ ...network.layers[0], name: 'conv2' })
    expect(names(duplicateLayers(network, { first: 0, last: 1 }))).toEqual([
      'conv1',
      'relu1',
      'conv2',
      'relu2',
      'pool1',
      'fc1',
    ])
  })

  it('keeps at least one layer', () => {
    const single: Architecture = { name: 'one', layers: network.layers.slice(3) }
    expect(removeLayers(single, one(0))).toBe(single)
    expect(removeLayers(network, { first: 0, last: 3 })).toBe(network)
    expect(names(removeLayers(network, one(1)))).toEqual(['conv1', 'pool1', 'fc1'])
  })

  it('leaves the architecture it was given as it was', () => {
    const before = structuredClone([residual, inception])
    for (const architecture of [residual, inception]) {
      insertLayer(architecture, 1, 'dropout')
      removeLayers(architecture, one(0))
      moveLayers(architecture, one(0), 3)
      duplicateLayers(architecture, { first: 1, last: 3 })
      addShortcut(architecture, one(1), new Map())
    }
    expect([residual, inception]).toEqual(before)
  })

  it('makes layers the engine accepts', () => {
    const kinds = architectureSchema.shape.layers.element.options.map(({ shape }) => shape.kind.value)
    expect(kinds.length).toBeGreaterThan(15)
    for (const kind of kinds) {
      const layers = [newLayer(kind, 'a', { reads: ['before'], channels: undefined })]
      expect(architectureSchema.safeParse({ name: 'x', layers }).error, kind).toBeUndefined()
    }
  })

  it('refuses a name that another layer has', () => {
    expect(isFreeName(network, 0, 'relu1')).toBe(false)
    expect(isFreeName(network, 0, 'conv1')).toBe(true)
    expect(isFreeName(network, 0, '  ')).toBe(false)
    expect(isFreeName(network, 0, 'image')).toBe(false)
    expect(isFreeName(network, 0, 'conv1, conv2')).toBe(false)
  })
})

describe('edits of a network with branches', () => {
  it('put a new layer behind the one above it, for all that read that one', () => {
    expect(reads(insertLayer(residual, 1, 'batchNorm'))).toMatchObject({ norm1: undefined, sum: ['a2', 'norm1'] })
    expect(reads(insertLayer(residual, 3, 'batchNorm'))).toMatchObject({ sum: ['norm1', 'stem'] })
    expect(reads(insertLayer(inception, 2, 'batchNorm'))).toMatchObject({ b1: ['stem'], joined: ['norm1', 'b2', 'c1'] })
    expect(insertLayer(residual, 5, 'add').layers[5]).toMatchObject({ from: ['end', 'sum'] })
  })

  it('let what read a removed layer read what it read', () => {
    expect(reads(removeLayers(residual, one(0)))).toMatchObject({ a1: undefined, sum: ['a2', IMAGE] })
    expect(reads(removeLayers(residual, one(2)))).toMatchObject({ sum: ['a1', 'stem'] })
    expect(reads(removeLayers(residual, one(3)))).toMatchObject({ end: undefined })
    expect(reads(removeLayers(inception, one(3)))).toMatchObject({ joined: ['a1', 'b1', 'c1'] })
  })

  it('take a join away that is left with one input, and a branch that is left with nothing', () => {
    expect(names(removeLayers(residual, { first: 1, last: 2 }))).toEqual(['stem', 'end'])
    const two = removeLayers(inception, one(1))
    expect(reads(two)).toMatchObject({ joined: ['b2', 'c1'] })
    expect(names(removeLayers(two, one(3)))).toEqual(['stem', 'b1', 'b2', 'end'])
    expect(names(removeLayers(residual, { first: 1, last: 3 }))).toEqual(['stem', 'end'])
  })

  it('let a layer leave its branch and enter the one it is moved to', () => {
    expect(reads(moveLayers(inception, one(1), 3))).toMatchObject({ a1: undefined, b1: ['stem'], joined: ['a1', 'c1'] })
    const within = moveLayers(inception, one(3), 1)
    expect(reads(within)).toMatchObject({ b2: undefined, a1: undefined, b1: ['b2'], joined: ['a1', 'b1', 'c1'] })
  })

  it('move a join with its other inputs, as far as these come before it', () => {
    const earlier = moveLayers(residual, one(3), 2)
    expect(reads(earlier)).toMatchObject({ sum: ['a1', 'stem'], a2: undefined, end: undefined })
    const later = moveLayers(residual, one(3), 4)
    expect(reads(later)).toMatchObject({ end: undefined, sum: ['end', 'stem'] })
    expect(reads(moveLayers(inception, one(5), 0))).toMatchObject({ joined: [IMAGE] })
  })

  it('copy a block whole: it reads the block before, and its branches stay within', () => {
    const twice = duplicateLayers(residual, { first: 1, last: 3 })
    expect(names(twice)).toEqual(['stem', 'a1', 'a2', 'sum', 'relu1', 'relu2', 'add1', 'end'])
    expect(reads(twice)).toMatchObject({ relu1: undefined, add1: ['relu2', 'sum'], end: undefined })
    expect(reads(duplicateLayers(residual, one(3)))).toMatchObject({ add1: ['sum', 'stem'] })
  })

  it('name what is added to a block as its own layers are named', () => {
    const block: Architecture = {
      name: 'named',
      layers: ['s1_1_conv', 's1_1_norm', 's1_2', 's1_2_add', 'fc'].map((name) => relu(name)),
    }
    expect(names(insertLayer(block, 2, 'relu'))[2]).toBe('s1_1_relu1')
    expect(names(insertLayer(block, 3, 'relu'))[3]).toBe('s1_2_relu1')
    expect(names(insertLayer(block, 5, 'relu'))[5]).toBe('relu1')
    expect(names(addShortcut(block, one(1), new Map()))[2]).toBe('s1_1_add1')
  })

  it('name the layers of a copied block as its own are named', () => {
    const block: Architecture = {
      name: 'named',
      layers: ['s1_1_conv', 's1_1_relu', 's1_2_conv', 's1_2_relu'].map((name) => relu(name)),
    }
    expect(names(duplicateLayers(block, { first: 0, last: 1 })).slice(2, 4)).toEqual(['s1_3_conv', 's1_3_relu'])
    const lettered: Architecture = { name: 'lettered', layers: [relu('fire_a_one'), relu('fire_a')] }
    expect(names(duplicateLayers(lettered, { first: 0, last: 1 })).slice(2)).toEqual(['fire_a_2_one', 'fire_a_2'])
  })

  it('keep a layer read under its new name', () => {
    expect(reads(replaceLayer(residual, 0, relu('first')))).toMatchObject({ a1: ['first'], sum: ['a2', 'first'] })
  })
})

describe('branches', () => {
  const shapes = new Map([
    [IMAGE, [1, 28, 28]],
    ['conv1', [8, 28, 28]],
    ['relu1', [8, 28, 28]],
    ['pool1', [8, 14, 14]],
  ])

  it('a shortcut leads around layers, and is brought to their shape where it has another', () => {
    const same = addShortcut(network, one(1), shapes)
    expect(same.layers[2]).toEqual({ kind: 'add', name: 'add1', from: ['relu1', 'conv1'] })
    expect(reads(same)).toMatchObject({ pool1: undefined })
    const smaller = addShortcut(network, { first: 0, last: 2 }, shapes)
    expect(smaller.layers.slice(3, 5)).toEqual([
      { kind: 'conv', name: 'conv2', filters: 8, kernel: [1, 1], stride: [2, 2], padding: [0, 0], from: [IMAGE] },
      { kind: 'add', name: 'add1', from: ['pool1', 'conv2'] },
    ])
  })

  it('a branch beside a window without padding has the window that leaves as much', () => {
    const unpadded = new Map([...shapes, ['relu1', [8, 24, 26]]])
    expect(addBranch(network, one(1), unpadded).layers[2]).toMatchObject({ kernel: [5, 3], stride: [1, 1] })
    const uneven = new Map([...shapes, ['conv1', [8, 14, 14]], ['relu1', [8, 9, 1]]])
    expect(addBranch(network, one(1), uneven).layers[2]).toMatchObject({ kernel: [6, 1], stride: [1, 14] })
  })

  it('a branch stands beside layers, its channels behind theirs', () => {
    const branched = addBranch(network, { first: 1, last: 2 }, shapes)
    expect(branched.layers[3]).toMatchObject({ name: 'conv2', filters: 8, stride: [2, 2], from: ['conv1'] })
    expect(branched.layers[4]).toEqual({ kind: 'concat', name: 'concat1', from: ['pool1', 'conv2'] })
    expect(reads(branched)).toMatchObject({ fc1: undefined })
    const more = addBranch(branched, { first: 1, last: 2 }, shapes)
    expect(reads(more)).toMatchObject({ conv3: ['conv1'], concat1: ['pool1', 'conv2', 'conv3'] })
    expect(more.layers.filter(({ kind }) => kind === 'concat')).toHaveLength(1)
  })
})
