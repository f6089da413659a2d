import type { Layer } from '../../protocol/architecture.ts'
import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { imageNet } from './imagenet-input.ts'
import { batchNorm, conv, fullyConnected, maxPool, relu } from './layers.ts'

const source = 'He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015'

/** A convolution and its batch normalisation, which makes a bias of its own pointless. */
function normalized(name: string, filters: number, kernel: number, stride: number, from?: string): Layer[] {
  return [
    conv(name, filters, kernel, { stride, bias: false, ...(from === undefined ? {} : { from: [from] }) }),
    batchNorm(`${name}_norm`),
  ]
}

/** Adds what comes before the block to what its convolutions give. */
function joined(name: string, branch: string, shortcut: string): Layer[] {
  return [{ kind: 'add', name: `${name}_add`, from: [branch, shortcut] }, relu(`${name}_relu`)]
}

/** Two 3×3 convolutions. */
function basicBranch(name: string, from: string, filters: number, stride: number): Layer[] {
  return [
    ...normalized(`${name}_conv1`, filters, 3, stride, from),
    relu(`${name}_relu1`),
    ...normalized(`${name}_conv2`, filters, 3, 1),
  ]
}

/** 1×1, 3×3, 1×1; the stride in the 3×3, as the networks that are in use have it. */
function bottleneckBranch(name: string, from: string, filters: number, stride: number): Layer[] {
  return [
    ...normalized(`${name}_conv1`, filters, 1, 1, from),
    relu(`${name}_relu1`),
    ...normalized(`${name}_conv2`, filters, 3, stride),
    relu(`${name}_relu2`),
    ...normalized(`${name}_conv3`, 4 * filters, 1, 1),
  ]
}

/** Table 1 of the paper: four stages of blocks; the first block of a stage halves the size, except in the first. */
function resNet(depth: number, counts: readonly number[], kind: 'basic' | 'bottleneck'): ArchitecturePreset {
  const branchOf = kind === 'basic' ? basicBranch : bottleneckBranch
  const expansion = kind === 'basic' ? 1 : 4
  const layers: Layer[] = [
    ...normalized('conv1', 64, 7, 2),
    relu('relu1'),
    maxPool('pool1', 3, { stride: 2, padding: 1 }),
  ]
  let channels = 64
  counts.forEach((count, stage) => {
    const filters = 64 * 2 ** stage
    for (let block = 0; block < count; block++) {
      const name = `stage${stage + 1}_${block + 1}`
      const from = layers.at(-1)?.name ?? ''
      const stride = block === 0 && stage > 0 ? 2 : 1
      const branch = branchOf(name, from, filters, stride)
      const isProjected = stride > 1 || channels !== expansion * filters
      // A 1×1 convolution where the shapes differ (option B of the paper).
      const projection = isProjected ? normalized(`${name}_shortcut`, expansion * filters, 1, stride, from) : []
      layers.push(...branch, ...projection)
      layers.push(...joined(name, branch.at(-1)?.name ?? '', projection.at(-1)?.name ?? from))
      channels = expansion * filters
    }
  })
  layers.push({ kind: 'globalAveragePool', name: 'pool5' }, fullyConnected('fc', 'classes'))
  return {
    architecture: { name: `resnet${depth}`, layers },
    input: imageNet(224),
    note: `Shortcuts around every ${kind === 'basic' ? 'two' : 'three'} convolutions: a block only learns what to add, so that ${depth} layers train as readily as few.`,
    source,
  }
}

/** Section 4.2 of the paper: 6n + 2 layers for pictures of 32×32, with shortcuts that have no weights (option A). */
function cifarResNet(depth: number): ArchitecturePreset {
  const perStage = (depth - 2) / 6
  const layers: Layer[] = [...normalized('conv1', 16, 3, 1), relu('relu1')]
  for (let stage = 0; stage < 3; stage++) {
    const filters = 16 * 2 ** stage
    for (let block = 0; block < perStage; block++) {
      const name = `stage${stage + 1}_${block + 1}`
      const from = layers.at(-1)?.name ?? ''
      const stride = block === 0 && stage > 0 ? 2 : 1
      const branch = basicBranch(name, from, filters, stride)
      const shortcut: Layer[] =
        stride === 1
          ? []
          : [{ kind: 'shortcut', name: `${name}_shortcut`, channels: filters, stride: [2, 2], from: [from] }]
      layers.push(...branch, ...shortcut)
      layers.push(...joined(name, branch.at(-1)?.name ?? '', shortcut[0]?.name ?? from))
    }
  }
  layers.push({ kind: 'globalAveragePool', name: 'pool' }, fullyConnected('fc', 'classes'))
  return {
    architecture: { name: `resnet${depth}-cifar`, layers },
    input: { channels: 3, height: 32, width: 32, classes: 10 },
    note: `A residual network of ${depth} layers for small pictures: a first layer of 3×3, three stages, and shortcuts without weights.`,
    source,
  }
}

export const resNets = [
  resNet(18, [2, 2, 2, 2], 'basic'),
  resNet(34, [3, 4, 6, 3], 'basic'),
  resNet(50, [3, 4, 6, 3], 'bottleneck'),
  resNet(101, [3, 4, 23, 3], 'bottleneck'),
  resNet(152, [3, 8, 36, 3], 'bottleneck'),
]

export const cifarResNets = [cifarResNet(20), cifarResNet(56)]
