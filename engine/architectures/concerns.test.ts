import { describe, expect, it } from 'vitest'
import type { Architecture, InputShape, Layer } from '../protocol/architecture.ts'
import { architectureConcerns } from './concerns.ts'
import { describeArchitecture } from './describe-architecture.ts'
import { findPreset, presets } from './presets/presets.ts'
import { suitedPresets } from './suited-presets.ts'

const mnist: InputShape = { channels: 1, height: 28, width: 28, classes: 10 }
const cifar: InputShape = { channels: 3, height: 32, width: 32, classes: 10 }

const conv = (name: string, kernel: number, padding: number): Layer => ({
  kind: 'conv',
  name,
  filters: 4,
  kernel: [kernel, kernel],
  stride: [1, 1],
  padding: [padding, padding],
})
const pool = (name: string, size: number): Layer => ({
  kind: 'maxPool',
  name,
  kernel: [size, size],
  stride: [size, size],
  padding: [0, 0],
})
const scores: Layer = { kind: 'fullyConnected', name: 'fc', units: 'classes' }

function concernsOf(layers: readonly Layer[], trainingPictures = 50_000) {
  const architecture: Architecture = { name: 'test', layers: [...layers] }
  return architectureConcerns(architecture, describeArchitecture(architecture, mnist), trainingPictures)
}

describe('the concerns about a network', () => {
  it('are none for what is usual', () => {
    expect(concernsOf([conv('conv1', 3, 1), pool('pool1', 2), conv('conv2', 3, 1), scores])).toEqual([])
  })

  it('name a window that is larger than its map', () => {
    const [concern, ...others] = concernsOf([conv('conv1', 3, 1), pool('pool1', 7), conv('conv2', 5, 2), scores])
    expect(others).toEqual([])
    expect(concern?.layer).toBe('conv2')
    expect(concern?.message).toContain('is 5×5 but its map only 4×4')
  })

  it('name the layer that leaves one value while windows follow, once', () => {
    const layers = [pool('pool1', 14), pool('pool2', 2), conv('conv1', 3, 1), conv('conv2', 3, 1), scores]
    expect(concernsOf(layers)).toEqual([
      { layer: 'pool2', message: expect.stringContaining('2 layers with windows follow (first "conv1")') as string },
    ])
  })

  it('are none about one value that only layers without windows read', () => {
    expect(concernsOf([conv('conv1', 3, 1), pool('pool1', 28), conv('conv2', 1, 0), scores])).toEqual([])
  })

  it('count the parameters for each picture', () => {
    const lenet = findPreset('lenet5')!.architecture.layers
    expect(concernsOf(lenet, 309)).toEqual([])
    expect(concernsOf(lenet, 308)).toEqual([
      { message: expect.stringContaining('61,706 parameters for 308') as string },
    ])
  })

  it('are none for a network that cannot be built: its error says more', () => {
    expect(concernsOf([conv('conv1', 31, 0), scores], 1)).toEqual([])
  })

  it('are none about any known network on the pictures of its source', () => {
    const imageNet = 1_281_167
    const counts: Readonly<Record<string, number>> = { small: 1500, mlp: 60_000, lenet5: 60_000 }
    for (const { architecture, input } of presets) {
      const pictures = counts[architecture.name] ?? (input.height === 32 ? 50_000 : imageNet)
      expect(architectureConcerns(architecture, describeArchitecture(architecture, input), pictures)).toEqual([])
    }
  })
})

describe('the networks that suit pictures', () => {
  const names = (input: InputShape, pictures: number) => suitedPresets(presets, input, pictures).map(({ name }) => name)

  it('are those made for their size', () => {
    expect(names(mnist, 54_000)).toContain('lenet5')
    expect(names(cifar, 45_000)[0]).toBe('resnet56-cifar')
    expect(names({ channels: 3, height: 224, width: 224, classes: 1000 }, 1_281_167)[0]).toBe('resnet152')
  })

  it('are small where the pictures are few', () => {
    for (const name of names(cifar, 500)) {
      const { architecture } = findPreset(name)!
      expect(describeArchitecture(architecture, cifar).parameters).toBeLessThanOrEqual(200 * 500)
    }
    expect(names(cifar, 500)).not.toContain('resnet20-cifar')
  })

  it('say why', () => {
    const [first] = suitedPresets(presets, mnist, 54_000)
    expect(first?.reason).toMatch(
      /^Suits these pictures: made for \d+×\d+, they are 28×28; [\d,]+ parameters for 54,000/,
    )
  })
})
