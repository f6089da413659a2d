import type { Layer } from '../../protocol/architecture.ts'
import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { imageNet } from './imagenet-input.ts'
import { conv, dropout, fullyConnected, localResponseNorm, maxPool, relu } from './layers.ts'

/** The three fully connected layers of AlexNet, which ZFNet and the VGG networks took over. */
export function classifier(): Layer[] {
  return [
    fullyConnected('fc6', 4096),
    relu('relu6'),
    dropout('dropout6', 0.5),
    fullyConnected('fc7', 4096),
    relu('relu7'),
    dropout('dropout7', 0.5),
    fullyConnected('fc8', 'classes'),
  ]
}

export const alexNet: ArchitecturePreset = {
  architecture: {
    name: 'alexnet',
    layers: [
      conv('conv1', 96, 11, { stride: 4, padding: 0 }),
      relu('relu1'),
      localResponseNorm('norm1', 5e-4, 2),
      maxPool('pool1', 3, { stride: 2 }),
      conv('conv2', 256, 5, { groups: 2 }),
      relu('relu2'),
      localResponseNorm('norm2', 5e-4, 2),
      maxPool('pool2', 3, { stride: 2 }),
      conv('conv3', 384, 3),
      relu('relu3'),
      conv('conv4', 384, 3, { groups: 2 }),
      relu('relu4'),
      conv('conv5', 256, 3, { groups: 2 }),
      relu('relu5'),
      maxPool('pool5', 3, { stride: 2 }),
      ...classifier(),
    ],
  },
  input: imageNet(227),
  note: 'ReLU, dropout, overlapping pools and training on two GPUs (the groups): the network that made deep learning the way to see.',
  source: 'Krizhevsky, Sutskever and Hinton, ImageNet classification with deep convolutional neural networks, 2012',
}

export const zfNet: ArchitecturePreset = {
  architecture: {
    name: 'zfnet',
    layers: [
      conv('conv1', 96, 7, { stride: 2, padding: 1 }),
      relu('relu1'),
      maxPool('pool1', 3, { stride: 2, ceil: true }),
      localResponseNorm('norm1', 5e-4, 2),
      conv('conv2', 256, 5, { stride: 2, padding: 0 }),
      relu('relu2'),
      maxPool('pool2', 3, { stride: 2, ceil: true }),
      localResponseNorm('norm2', 5e-4, 2),
      conv('conv3', 384, 3),
      relu('relu3'),
      conv('conv4', 384, 3),
      relu('relu4'),
      conv('conv5', 256, 3),
      relu('relu5'),
      maxPool('pool5', 3, { stride: 2 }),
      ...classifier(),
    ],
  },
  input: imageNet(224),
  note: 'AlexNet looked at filter by filter and mended: 7×7 at stride 2 in place of 11×11 at stride 4, whose filters were dead or aliased.',
  source: 'Zeiler and Fergus, Visualizing and understanding convolutional networks, 2013',
}
