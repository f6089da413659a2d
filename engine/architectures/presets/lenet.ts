import type { ArchitecturePreset } from '../../protocol/requests.ts'
import { conv, fullyConnected, maxPool, relu } from './layers.ts'

export const small: ArchitecturePreset = {
  architecture: {
    name: 'small',
    layers: [
      conv('conv1', 8, 7),
      relu('relu1'),
      maxPool('pool1', 2),
      conv('conv2', 16, 5),
      relu('relu2'),
      maxPool('pool2', 2),
      fullyConnected('fc1', 'classes'),
    ],
  },
  input: { channels: 1, height: 28, width: 28, classes: 2 },
  note: 'Eight first-layer filters of 7×7: each is large enough to be judged by eye and by test.',
  source: 'Filterscope',
}

export const multilayerPerceptron: ArchitecturePreset = {
  architecture: {
    name: 'mlp',
    layers: [
      fullyConnected('fc1', 300),
      relu('relu1'),
      fullyConnected('fc2', 100),
      relu('relu2'),
      fullyConnected('fc3', 'classes'),
    ],
  },
  input: { channels: 1, height: 28, width: 28, classes: 10 },
  note: 'Two hidden layers that see every pixel and no neighbourhood: what convolution is measured against.',
  source:
    'LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998 (28×28-300-100-10)',
}

export const lenet5: ArchitecturePreset = {
  architecture: {
    name: 'lenet5',
    layers: [
      conv('conv1', 6, 5),
      relu('relu1'),
      maxPool('pool1', 2),
      conv('conv2', 16, 5, { padding: 0 }),
      relu('relu2'),
      maxPool('pool2', 2),
      fullyConnected('fc1', 120),
      relu('relu3'),
      fullyConnected('fc2', 84),
      relu('relu4'),
      fullyConnected('fc3', 'classes'),
    ],
  },
  input: { channels: 1, height: 28, width: 28, classes: 10 },
  note: 'The layer sizes of LeNet-5, which made convolution, pooling and fully connected layers the standard order; with ReLU and max pooling in place of tanh and averaging.',
  source: 'LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998',
}
