import type { Layer } from '../../protocol/architecture.ts'
import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { classifier } from './alexnet.ts'
import { imageNet } from './imagenet-input.ts'
import { conv, maxPool, relu } from './layers.ts'

const filters = [64, 128, 256, 512, 512]

/** How many 3×3 convolutions come before each pool: columns A, D and E of the paper's table 1. */
function vgg(depth: number, counts: readonly number[]): ArchitecturePreset {
  const blocks = counts.flatMap((count, block): Layer[] => [
    ...Array.from({ length: count }, (_, index) => `${block + 1}_${index + 1}`).flatMap((place) => [
      conv(`conv${place}`, filters[block] ?? 512, 3),
      relu(`relu${place}`),
    ]),
    maxPool(`pool${block + 1}`, 2),
  ])
  return {
    architecture: { name: `vgg${depth}`, layers: [...blocks, ...classifier()] },
    input: imageNet(224),
    note: `Nothing but 3×3 convolutions, ${depth} layers with weights: two of them see as far as one of 5×5, with fewer weights and a ReLU more.`,
    source: 'Simonyan and Zisserman, Very deep convolutional networks for large-scale image recognition, 2014',
  }
}

export const vggNetworks = [vgg(11, [1, 1, 2, 2, 2]), vgg(16, [2, 2, 3, 3, 3]), vgg(19, [2, 2, 4, 4, 4])]
