import { describe, expect, it } from 'vitest'
import type { Architecture, InputShape, Layer } from '../protocol/architecture.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { findPreset } from './presets/presets.ts'

const mnist: InputShape = { channels: 1, height: 28, width: 28, classes: 10 }

function conv(filters: number, kernel: number, stride: number, padding: number, name = 'conv1'): Layer {
  return {
    kind: 'conv',
    name,
    filters,
    kernel: [kernel, kernel],
    stride: [stride, stride],
    padding: [padding, padding],
  }
}

function layered(...layers: Layer[]): Architecture {
  return { name: 'test', layers }
}

describe('describeArchitecture', () => {
  it('gives LeNet-5 the sizes and the 61,706 parameters of its layers', () => {
    const preset = findPreset('lenet5')
    const description = describeArchitecture(preset?.architecture as Architecture, mnist)
    expect(description.error).toBeUndefined()
    const shape = (name: string) => description.layers.find((layer) => layer.name === name)?.outputShape
    expect(shape('conv1')).toEqual([6, 28, 28])
    expect(shape('pool1')).toEqual([6, 14, 14])
    expect(shape('conv2')).toEqual([16, 10, 10])
    expect(shape('pool2')).toEqual([16, 5, 5])
    expect(shape('fc1')).toEqual([120])
    // 156 + 2,416 + 48,120 + 10,164 + 850, with conv2 reading all six maps.
    expect(description.parameters).toBe(61_706)
    expect(description.layers[0]?.parameterFormula).toBe('5·5·1·6 + 6')
  })

  it('gives AlexNet’s first layer 55×55×96 for 227 pixels, as its paper counts', () => {
    const input: InputShape = { channels: 3, height: 227, width: 227, classes: 96 * 55 * 55 }
    const [layer] = describeArchitecture(layered(conv(96, 11, 4, 0)), input).layers
    expect(layer?.outputShape).toEqual([96, 55, 55])
    expect(layer?.warning).toBeUndefined()
    expect(layer?.multiplyAdds).toBe(11 * 11 * 3 * 96 * 55 * 55)
  })

  it('marks a size that is not whole with what floor and ceil give, and goes on with floor', () => {
    const { layers } = describeArchitecture(layered(conv(4, 5, 2, 0), { kind: 'relu', name: 'relu1' }), mnist)
    expect(layers[0]?.outputShape).toEqual([4, 12, 12])
    expect(layers[0]?.warning).toBe(
      '(28 − 5 + 2·0)/2 + 1 = 12.50 is not whole: floor gives 12 (used), ceil would give 13.',
    )
    expect(layers[1]?.outputShape).toEqual([4, 12, 12])
  })

  it('refuses a kernel larger than its map, naming the layer and the arithmetic', () => {
    const { layers, error } = describeArchitecture(layered(conv(4, 28, 1, 0), conv(4, 5, 1, 0, 'conv2')), mnist)
    expect(layers).toHaveLength(1)
    expect(error?.layer).toBe('conv2')
    expect(error?.message).toContain('(1 − 5 + 2·0)/1 + 1 = -3')
  })

  it('refuses a network that does not end in one value per class', () => {
    const { error } = describeArchitecture(layered({ kind: 'fullyConnected', name: 'fc1', units: 7 }), mnist)
    expect(error?.message).toContain('but the data has 10 classes')
  })

  it('refuses a convolution behind a fully connected layer and two layers of one name', () => {
    const fc: Layer = { kind: 'fullyConnected', name: 'fc1', units: 10 }
    expect(describeArchitecture(layered(fc, conv(4, 3, 1, 1)), mnist).error?.layer).toBe('conv1')
    expect(describeArchitecture(layered(conv(4, 3, 1, 1), conv(4, 3, 1, 1)), mnist).error?.message).toContain('"conv1"')
  })

  it('says for both axes what is not whole, once where they are alike', () => {
    const input: InputShape = { channels: 1, height: 10, width: 13, classes: 2 }
    const [uneven] = describeArchitecture(layered(conv(4, 3, 4, 0)), input).layers
    expect(uneven?.warning).toBe(
      '(10 − 3 + 2·0)/4 + 1 = 2.75 is not whole: floor gives 2 (used), ceil would give 3. (13 − 3 + 2·0)/4 + 1 = 3.50 is not whole: floor gives 3 (used), ceil would give 4.',
    )
  })

  it('refuses what no ONNX file and no memory holds, keeping the layers before it', () => {
    const wide: Layer = { kind: 'fullyConnected', name: 'fc1', units: 1_000_000 }
    const { layers, error } = describeArchitecture(layered(conv(8, 3, 1, 1), wide), mnist)
    expect(layers.map(({ name }) => name)).toEqual(['conv1'])
    expect(error).toMatchObject({ layer: 'fc1', message: expect.stringContaining('6,273,000,080 parameters') })
    const padded = describeArchitecture(layered(conv(1, 1, 1, 10_000)), mnist).error
    expect(padded?.message).toContain('"conv1" gives 1×20028×20028 = 401,120,784 values for one picture')
  })

  it.each(['loss', 'image', 'fc1/grad', 'fc1.weight'])('refuses a layer called %s', (name) => {
    const { error } = describeArchitecture(layered({ kind: 'fullyConnected', name, units: 'classes' }), mnist)
    expect(error).toMatchObject({ layer: name, message: expect.stringContaining(`cannot be called "${name}"`) })
  })

  describe('with auxiliary heads', () => {
    const fc = (name: string, units: number | 'classes' = 'classes'): Layer => ({ kind: 'fullyConnected', name, units })
    const network = layered(conv(4, 5, 1, 0), fc('fc'))
    const headed = (from: string, ...layers: Layer[]) => ({ ...network, heads: [{ from, weight: 0.3, layers }] })

    it('counts them apart from the network', () => {
      const { heads, ...rest } = describeArchitecture(headed('conv1', fc('head')), mnist)
      expect(rest).toEqual(describeArchitecture(network, mnist))
      expect(heads?.map(({ parameters }) => parameters)).toEqual([4 * 24 * 24 * 10 + 10])
    })

    it.each([
      ['a layer that is not there', headed('conv2', fc('head')), 'head', 'reads "conv2", but no layer of the network'],
      ['the picture', headed('image', fc('head')), 'head', 'reads "image", but no layer of the network'],
      ['a name that is taken', headed('conv1', fc('fc')), 'fc', 'Two layers are called "fc"'],
      ['too few scores', headed('conv1', fc('head', 7)), 'head', 'The auxiliary head ends in 7 = 7 values at "head"'],
      ['a layer of the network besides', headed('conv1', { ...fc('head'), from: ['fc'] }), 'head', 'reads "fc"'],
      ['too large a window', headed('conv1', conv(1, 25, 1, 0, 'c'), fc('head')), 'c', '"c"'],
    ])('says why one with %s cannot be', (_, architecture, layer, message) => {
      const { error, layers } = describeArchitecture(architecture, mnist)
      expect(error?.layer).toBe(layer)
      expect(error?.message).toContain(message)
      // The network itself is described whole.
      expect(layers).toHaveLength(2)
    })
  })
})
