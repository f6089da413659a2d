import { describe, expect, it } from 'vitest'
import { architectureSchema } from '../../protocol/architecture.ts'
import { describeArchitecture } from '../describe-architecture.ts'
import { scaleWidth } from '../scale-width.ts'
import { findPreset, presets } from './presets.ts'

function described(name: string) {
  const preset = findPreset(name)
  if (!preset) throw new Error(`There is no preset "${name}".`)
  return describeArchitecture(preset.architecture, preset.input)
}

/** [C, H, W] or [units] after some layers of a network. */
type Shapes = Readonly<Record<string, readonly number[]>>

// At the paper's input and 1,000 classes, running statistics not counted.
const published: readonly {
  name: string
  parameters: number
  trainOnly?: number
  shapes: Shapes
  source: string
}[] = [
  {
    name: 'lenet5',
    parameters: 61_706,
    shapes: { pool1: [6, 14, 14], conv2: [16, 10, 10], pool2: [16, 5, 5] },
    source: 'LeCun et al. 1998, figure 2, with conv2 reading all six maps',
  },
  {
    name: 'mlp',
    parameters: 28 * 28 * 300 + 300 + 300 * 100 + 100 + 100 * 10 + 10,
    shapes: { fc2: [100] },
    source: 'LeCun et al. 1998, section III.C',
  },
  {
    name: 'alexnet',
    parameters: 60_965_224,
    shapes: { conv1: [96, 55, 55], conv2: [256, 27, 27], conv3: [384, 13, 13], pool5: [256, 6, 6] },
    source: 'Krizhevsky et al. 2012, figure 2; parameters of the BVLC reference AlexNet',
  },
  {
    name: 'zfnet',
    parameters: 62_357_608,
    shapes: { conv1: [96, 110, 110], pool1: [96, 55, 55], conv2: [256, 26, 26], pool2: [256, 13, 13] },
    source: 'Zeiler and Fergus 2013, figure 3; parameters summed by hand from its sizes',
  },
  {
    name: 'vgg11',
    parameters: 132_863_336,
    shapes: { pool5: [512, 7, 7] },
    source: 'Simonyan and Zisserman 2014, table 2 (133 million); torchvision',
  },
  {
    name: 'vgg16',
    parameters: 138_357_544,
    shapes: { pool1: [64, 112, 112], conv3_1: [256, 56, 56], pool5: [512, 7, 7], fc6: [4096] },
    source: 'Simonyan and Zisserman 2014, table 2 (138 million); Keras and torchvision',
  },
  {
    name: 'vgg19',
    parameters: 143_667_240,
    shapes: { pool5: [512, 7, 7] },
    source: 'Simonyan and Zisserman 2014, table 2 (144 million); Keras and torchvision',
  },
  {
    name: 'googlenet',
    parameters: 6_998_552,
    shapes: {
      conv1: [64, 112, 112],
      pool2: [192, 28, 28],
      inception_3a: [256, 28, 28],
      inception_3b: [480, 28, 28],
      inception_4a: [512, 14, 14],
      inception_4e: [832, 14, 14],
      inception_5b: [1024, 7, 7],
    },
    source: 'Szegedy et al. 2014, table 1; parameters of the BVLC reference GoogLeNet without its auxiliary heads',
  },
  {
    name: 'googlenet-heads',
    parameters: 6_998_552,
    trainOnly: 6_379_728,
    shapes: { inception_4a: [512, 14, 14], inception_4d: [528, 14, 14] },
    source: 'Szegedy et al. 2014; its heads, 13,378,280 with them, summed by hand from the sizes of section 5',
  },
  {
    name: 'resnet18',
    parameters: 11_689_512,
    shapes: { conv1: [64, 112, 112], stage2_1_add: [128, 28, 28], stage4_2_relu: [512, 7, 7] },
    source: 'He et al. 2015, table 1; torchvision',
  },
  { name: 'resnet34', parameters: 21_797_672, shapes: { stage4_3_relu: [512, 7, 7] }, source: 'torchvision' },
  {
    name: 'resnet50',
    parameters: 25_557_032,
    shapes: { pool1: [64, 56, 56], stage1_1_add: [256, 56, 56], stage4_3_relu: [2048, 7, 7] },
    source: 'He et al. 2015, table 1; torchvision',
  },
  { name: 'resnet101', parameters: 44_549_160, shapes: { stage4_3_relu: [2048, 7, 7] }, source: 'torchvision' },
  { name: 'resnet152', parameters: 60_192_808, shapes: { stage4_3_relu: [2048, 7, 7] }, source: 'torchvision' },
  {
    name: 'resnet20-cifar',
    parameters: 269_722,
    shapes: { stage1_3_relu: [16, 32, 32], stage2_1_add: [32, 16, 16], stage3_3_relu: [64, 8, 8] },
    source: 'He et al. 2015, section 4.2 (0.27 million); summed by hand for option A',
  },
  {
    name: 'resnet56-cifar',
    parameters: 853_018,
    shapes: { stage3_9_relu: [64, 8, 8] },
    source: 'He et al. 2015, table 6 (0.85 million)',
  },
]

describe('presets', () => {
  it.each(published)(
    '$name has the parameters and sizes published ($source)',
    ({ name, parameters, trainOnly, shapes }) => {
      const description = described(name)
      expect(description.error).toBeUndefined()
      expect(description.parameters).toBe(parameters)
      expect(description.heads?.reduce((sum, head) => sum + head.parameters, 0)).toBe(trainOnly)
      for (const [layer, shape] of Object.entries(shapes)) {
        expect(description.layers.find((candidate) => candidate.name === layer)?.outputShape, layer).toEqual(shape)
      }
    },
  )

  it('are all held against published numbers, but the one of our own', () => {
    const names = presets.map(({ architecture }) => architecture.name).filter((name) => name !== 'small')
    expect(published.map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  })

  it('have the auxiliary heads of GoogLeNet as the paper has them', () => {
    // Section 5: 4×4×512 and 4×4×528 behind the pools, 128 filters of 1×1, 1,024 units, the classes.
    const [first, second] = described('googlenet-heads').heads ?? []
    expect(first?.layers.map(({ outputShape }) => outputShape)).toEqual([
      [512, 4, 4],
      [128, 4, 4],
      [128, 4, 4],
      [1024],
      [1024],
      [1024],
      [1000],
    ])
    expect(second?.layers[0]?.outputShape).toEqual([528, 4, 4])
    const behindMap = (channels: number) => channels * 128 + 128 + (4 * 4 * 128 * 1024 + 1024) + (1024 * 1000 + 1000)
    expect([first?.parameters, second?.parameters]).toEqual([behindMap(512), behindMap(528)])
  })

  it('cost as many multiply-adds as published', () => {
    // He et al. 2015, table 1, in 10⁹ (of ResNet-50 and deeper, with the stride in the 1×1, a tenth less than here).
    expect(described('resnet18').multiplyAdds / 1e9).toBeCloseTo(1.8, 1)
    expect(described('resnet34').multiplyAdds / 1e9).toBeCloseTo(3.7, 0)
    expect(described('vgg16').multiplyAdds / 1e9).toBeCloseTo(15.5, 1)
    expect(described('alexnet').multiplyAdds / 1e6).toBeCloseTo(724, -1)
  })

  it.each(presets.map(({ architecture }) => architecture.name))('%s travels unchanged', (name) => {
    const architecture = findPreset(name)?.architecture
    expect(architectureSchema.parse(JSON.parse(JSON.stringify(architecture)))).toEqual(architecture)
  })

  it.each(presets.map(({ architecture, input }) => ({ architecture, input })))(
    '$architecture.name can be built at an eighth and at twice its width',
    ({ architecture, input }) => {
      const base = describeArchitecture(architecture, input).parameters
      const narrow = describeArchitecture(scaleWidth(architecture, 1 / 8), input)
      expect(narrow.error).toBeUndefined()
      expect(narrow.parameters).toBeLessThan(base / 5)
      const wide = describeArchitecture(scaleWidth(architecture, 2), input)
      // VGG at twice its width is more than one ONNX file holds.
      if (base > 120_000_000) expect(wide.error?.message).toContain('one ONNX file holds at most')
      else expect(wide.parameters).toBeGreaterThan(base * 1.9)
    },
  )
})
