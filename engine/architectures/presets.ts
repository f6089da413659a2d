import type { Architecture, Layer } from '../protocol/architecture.ts'
import type { ArchitecturePreset } from '../protocol/requests.ts'

function conv(name: string, filters: number, kernel: number, padding: number): Layer {
  return { kind: 'conv', name, filters, kernel: [kernel, kernel], stride: [1, 1], padding: [padding, padding] }
}

function relu(name: string): Layer {
  return { kind: 'relu', name }
}

function maxPool(name: string): Layer {
  return { kind: 'maxPool', name, kernel: [2, 2], stride: [2, 2], padding: [0, 0] }
}

const lenet5: Architecture = {
  name: 'lenet5',
  layers: [
    conv('conv1', 6, 5, 2),
    relu('relu1'),
    maxPool('pool1'),
    conv('conv2', 16, 5, 0),
    relu('relu2'),
    maxPool('pool2'),
    { kind: 'fullyConnected', name: 'fc1', units: 120 },
    relu('relu3'),
    { kind: 'fullyConnected', name: 'fc2', units: 84 },
    relu('relu4'),
    { kind: 'fullyConnected', name: 'fc3', units: 'classes' },
  ],
}

const small: Architecture = {
  name: 'small',
  layers: [
    conv('conv1', 8, 7, 3),
    relu('relu1'),
    maxPool('pool1'),
    conv('conv2', 16, 5, 2),
    relu('relu2'),
    maxPool('pool2'),
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}

export const presets: readonly ArchitecturePreset[] = [
  {
    architecture: small,
    note: 'Eight first-layer filters of 7×7: each is large enough to be judged by eye and by test.',
    source: 'Filterscope',
  },
  {
    architecture: lenet5,
    note: 'The layer sizes of LeNet-5, which made convolution, pooling and fully connected layers the standard order; with ReLU and max pooling in place of tanh and averaging.',
    source: 'LeCun, Bottou, Bengio and Haffner, Gradient-based learning applied to document recognition, 1998',
  },
]

/** The preset called `name`; undefined where there is none. */
export function findPreset(name: string): ArchitecturePreset | undefined {
  return presets.find((preset) => preset.architecture.name === name)
}
