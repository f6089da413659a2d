import type { Head, Layer } from '../../protocol/architecture.ts'
import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { imageNet } from './imagenet-input.ts'
import { averagePool, conv, dropout, fullyConnected, localResponseNorm, maxPool, relu } from './layers.ts'

/** Filters of an inception block: 1×1, 3×3 behind its 1×1, 5×5 behind its 1×1, 1×1 behind the pool. */
type Widths = readonly [one: number, reduce3: number, three: number, reduce5: number, five: number, pool: number]

/** Four branches of one input, their channels one after another (figure 2b of the paper). */
function inception(name: string, from: string, [one, reduce3, three, reduce5, five, pool]: Widths): Layer[] {
  const branch = (part: string, filters: number, kernel: number, read?: string): Layer[] => [
    conv(`${name}_${part}`, filters, kernel, read === undefined ? {} : { from: [read] }),
    relu(`${name}_${part}_relu`),
  ]
  return [
    ...branch('1x1', one, 1, from),
    ...branch('3x3_reduce', reduce3, 1, from),
    ...branch('3x3', three, 3),
    ...branch('5x5_reduce', reduce5, 1, from),
    ...branch('5x5', five, 5),
    maxPool(`${name}_pool`, 3, { stride: 1, padding: 1, from: [from] }),
    ...branch('pool_proj', pool, 1),
    { kind: 'concat', name, from: ['1x1', '3x3', '5x5', 'pool_proj'].map((part) => `${name}_${part}_relu`) },
  ]
}

/** Table 1 of the paper. */
const layers: Layer[] = [
  conv('conv1', 64, 7, { stride: 2 }),
  relu('relu1'),
  maxPool('pool1', 3, { stride: 2, ceil: true }),
  localResponseNorm('norm1', 1e-4, 1),
  conv('conv2_reduce', 64, 1),
  relu('relu2_reduce'),
  conv('conv2', 192, 3),
  relu('relu2'),
  localResponseNorm('norm2', 1e-4, 1),
  maxPool('pool2', 3, { stride: 2, ceil: true }),
  ...inception('inception_3a', 'pool2', [64, 96, 128, 16, 32, 32]),
  ...inception('inception_3b', 'inception_3a', [128, 128, 192, 32, 96, 64]),
  maxPool('pool3', 3, { stride: 2, ceil: true }),
  ...inception('inception_4a', 'pool3', [192, 96, 208, 16, 48, 64]),
  ...inception('inception_4b', 'inception_4a', [160, 112, 224, 24, 64, 64]),
  ...inception('inception_4c', 'inception_4b', [128, 128, 256, 24, 64, 64]),
  ...inception('inception_4d', 'inception_4c', [112, 144, 288, 32, 64, 64]),
  ...inception('inception_4e', 'inception_4d', [256, 160, 320, 32, 128, 128]),
  maxPool('pool4', 3, { stride: 2, ceil: true }),
  ...inception('inception_5a', 'pool4', [256, 160, 320, 32, 128, 128]),
  ...inception('inception_5b', 'inception_5a', [384, 192, 384, 48, 128, 128]),
  { kind: 'globalAveragePool', name: 'pool5' },
  dropout('dropout', 0.4),
  fullyConnected('fc', 'classes'),
]

/** One of the two classifiers in the middle of the network, with the sizes that section 5 of the paper lists. */
function auxiliaryHead(name: string, from: string): Head {
  return {
    from,
    weight: 0.3,
    layers: [
      averagePool(`${name}_pool`, 5, { stride: 3 }),
      conv(`${name}_conv`, 128, 1),
      relu(`${name}_relu1`),
      fullyConnected(`${name}_fc1`, 1024),
      relu(`${name}_relu2`),
      dropout(`${name}_dropout`, 0.7),
      fullyConnected(`${name}_fc2`, 'classes'),
    ],
  }
}

const source = 'Szegedy et al., Going deeper with convolutions, 2014'

export const googLeNet: ArchitecturePreset = {
  architecture: { name: 'googlenet', layers },
  input: imageNet(224),
  note: 'Inception blocks: kernels of several sizes side by side, 1×1 convolutions that keep them affordable, and averaging in place of large fully connected layers. Without the auxiliary heads.',
  source,
}

export const googLeNetWithHeads: ArchitecturePreset = {
  architecture: {
    name: 'googlenet-heads',
    layers,
    heads: [auxiliaryHead('head1', 'inception_4a'), auxiliaryHead('head2', 'inception_4d')],
  },
  input: imageNet(224),
  note: 'GoogLeNet with its two auxiliary heads: classifiers behind blocks 4a and 4d that bring the error closer to the first layers. Only training sees them; the network that is kept is GoogLeNet.',
  source,
}
