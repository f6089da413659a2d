import { describe, expect, it } from 'vitest'
import type { Architecture, InputShape, Layer } from '../protocol/architecture.ts'
import { describeArchitecture } from './describe-architecture.ts'

const picture: InputShape = { channels: 3, height: 32, width: 32, classes: 10 }
const scores: Layer = { kind: 'fullyConnected', name: 'fc1', units: 'classes' }

function conv(name: string, filters: number, changes: Partial<Extract<Layer, { kind: 'conv' }>> = {}): Layer {
  return { kind: 'conv', name, filters, kernel: [3, 3], stride: [1, 1], padding: [1, 1], ...changes }
}

function describeLayers(...layers: Layer[]) {
  const architecture: Architecture = { name: 'test', layers }
  return describeArchitecture(architecture, picture)
}

const errorOf = (...layers: Layer[]) => describeLayers(...layers).error

describe('branches of an architecture', () => {
  it('are summed where their shapes are one, and joined channel by channel', () => {
    const { layers, error } = describeLayers(
      conv('one', 8),
      conv('two', 8),
      { kind: 'add', name: 'sum', from: ['one', 'two'] },
      conv('three', 4),
      { kind: 'concat', name: 'both', from: ['sum', 'three', 'image'] },
      scores,
    )
    expect(error).toBeUndefined()
    expect(layers.map(({ outputShape }) => outputShape[0])).toEqual([8, 8, 8, 4, 15, 10])
  })

  it('that do not fit are refused with their shapes', () => {
    expect(errorOf(conv('one', 8), conv('two', 9), { kind: 'add', name: 'sum', from: ['one', 'two'] })).toEqual({
      layer: 'sum',
      message: expect.stringContaining('"sum" adds 8×32×32 and 9×32×32'),
    })
    const halved = conv('two', 8, { stride: [2, 2] })
    const joined: Layer = { kind: 'concat', name: 'both', from: ['one', 'two'] }
    expect(errorOf(conv('one', 8), halved, joined)?.message).toContain('"both" joins 8×32×32 and 8×16×16')
  })

  it('read only what comes before, several only where they join', () => {
    expect(errorOf(conv('one', 8, { from: ['two'] }), conv('two', 8))?.message).toContain(
      '"one" reads "two", but no layer before it is called so',
    )
    expect(errorOf(conv('one', 8), conv('two', 8, { from: ['one', 'image'] }))?.message).toContain(
      'only a sum or a concatenation reads several',
    )
    expect(errorOf(conv('one', 8), { kind: 'add', name: 'sum', from: ['one'] })?.message).toContain('needs two layers')
    expect(errorOf(conv('one', 8), { kind: 'add', name: 'sum', from: ['one', 'one'] })?.layer).toBe('sum')
  })

  it('all lead to the end', () => {
    expect(errorOf(conv('one', 8), conv('two', 8, { from: ['image'] }), scores)).toEqual({
      layer: 'one',
      message: expect.stringContaining('No layer reads what "one" gives'),
    })
  })
})

describe('layers with further numbers', () => {
  it('read a share of the channels in groups, with as many fewer weights', () => {
    const [, layer] = describeLayers(conv('one', 8), conv('two', 12, { groups: 4 })).layers
    expect(layer?.parameters).toBe(3 * 3 * 2 * 12 + 12)
    expect(layer?.parameterFormula).toBe('3·3·2·12 + 12')
    expect(errorOf(conv('one', 8), conv('two', 12, { groups: 3 }))?.message).toContain('8 / 3 is not whole')
  })

  it('reach further with gaps', () => {
    const [layer] = describeLayers(conv('one', 8, { dilation: [2, 3], padding: [2, 3] })).layers
    expect(layer?.outputShape).toEqual([8, 32, 32])
    expect(layer?.arithmetic?.width.kernel).toBe(7)
    expect(layer?.receptiveField).toEqual([5, 7])
  })

  it('have no bias where none is wanted, and two numbers a channel in a batch normalisation', () => {
    const { layers } = describeLayers(conv('one', 8, { bias: false }), { kind: 'batchNorm', name: 'norm' }, scores)
    expect(layers.map(({ parameters }) => parameters)).toEqual([3 * 3 * 3 * 8, 16, 8 * 32 * 32 * 10 + 10])
  })

  it('count a last window that the map only begins, but none that begins behind it', () => {
    const pool = (ceil: boolean, padding: number): Layer => {
      return { kind: 'maxPool', name: 'pool', kernel: [3, 3], stride: [2, 2], padding: [padding, padding], ceil }
    }
    expect(describeLayers(pool(false, 0)).layers[0]?.outputShape).toEqual([3, 15, 15])
    expect(describeLayers(pool(true, 0)).layers[0]?.outputShape).toEqual([3, 16, 16])
    expect(describeLayers(pool(true, 0)).layers[0]?.warning).toContain('ceil gives 16 (used), floor would give 15')
    // (2 − 3) / 2 + 1 = 0.5: GoogLeNet on pictures of 32×32 ends so.
    const narrow = describeArchitecture({ name: 'test', layers: [pool(true, 0)] }, { ...picture, height: 2, width: 2 })
    expect(narrow.layers[0]?.outputShape).toEqual([3, 1, 1])
    // (32 − 2 + 2) / 3 + 1 = 11.67: the twelfth window would begin at 33, behind the picture and its padding.
    const far: Layer = { kind: 'maxPool', name: 'pool', kernel: [2, 2], stride: [3, 3], padding: [1, 1], ceil: true }
    expect(describeLayers(far).layers[0]?.outputShape).toEqual([3, 11, 11])
  })

  it('see as much of the picture as their kernels and strides add up to', () => {
    const { layers } = describeLayers(
      conv('one', 8, { stride: [2, 2] }),
      conv('two', 8),
      { kind: 'maxPool', name: 'pool', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
      conv('three', 8),
      { kind: 'globalAveragePool', name: 'all' },
      scores,
    )
    expect(layers.map(({ receptiveField }) => receptiveField?.[0])).toEqual([3, 7, 9, 17, undefined, undefined])
  })
})

describe('a size that is not whole', () => {
  const uneven = (kernel: number, stride: number, padding = 0) =>
    conv('one', 8, { kernel: [kernel, kernel], stride: [stride, stride], padding: [padding, padding] })

  it('comes with the nearest numbers after which it is', () => {
    expect(describeLayers(uneven(5, 2)).layers[0]?.mends).toEqual([
      { field: 'stride', value: [3, 3], size: [10, 10] },
      { field: 'kernel', value: [6, 6], size: [14, 14] },
    ])
    expect(describeLayers(uneven(4, 3)).layers[0]?.mends?.[0]).toEqual({
      field: 'padding',
      value: [1, 1],
      size: [11, 11],
    })
  })

  it.each([uneven(3, 2), uneven(7, 4, 1), uneven(5, 4, 2), uneven(3, 5)])('is whole after each of them', (layer) => {
    const { warning, mends } = describeLayers(layer).layers[0] ?? {}
    expect(warning).toContain('is not whole')
    expect(mends?.length).toBeGreaterThan(0)
    for (const { field, value, size } of mends ?? []) {
      const [mended] = describeLayers({ ...layer, [field]: [...value] } as Layer).layers
      expect(mended?.warning).toBeUndefined()
      expect(mended?.outputShape.slice(1)).toEqual(size)
    }
  })
})
