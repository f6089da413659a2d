import type {
  Architecture,
  ArchitectureConcern,
  ArchitectureDescription,
  SizeArithmetic,
  SuitedPreset,
} from '../../engine/protocol/architecture.ts'
import type { ArchitecturePreset } from '../../engine/protocol/requests.ts'

function axis(input: number, kernel: number, padding: number, stride: number): SizeArithmetic {
  const exact = (input - kernel + 2 * padding) / stride + 1
  const floor = Math.floor(exact)
  return { input, kernel, padding, stride, exact, floor, ceil: Math.ceil(exact), isWhole: exact === floor }
}

function square(input: number, kernel: number, padding: number, stride: number) {
  return { height: axis(input, kernel, padding, stride), width: axis(input, kernel, padding, stride) }
}

export const fixtureArchitecture: Architecture = {
  name: 'small',
  layers: [
    { kind: 'conv', name: 'conv1', filters: 8, kernel: [7, 7], stride: [2, 2], padding: [3, 3] },
    { kind: 'relu', name: 'relu1' },
    { kind: 'maxPool', name: 'pool1', kernel: [2, 2], stride: [2, 2], padding: [0, 0] },
    { kind: 'dropout', name: 'dropout1', rate: 0.25 },
    { kind: 'fullyConnected', name: 'fc1', units: 'classes' },
  ],
}

/** The description of the network above for 1 × 28 × 28 and 3 classes. */
export const fixtureDescription: ArchitectureDescription = {
  layers: [
    {
      name: 'conv1',
      kind: 'conv',
      outputShape: [8, 14, 14],
      arithmetic: square(28, 7, 3, 2),
      parameters: 400,
      parameterFormula: '7·7·1·8 + 8',
      multiplyAdds: 76_832,
      warning: 'The size of conv1 is not whole and runs with floor.',
    },
    { name: 'relu1', kind: 'relu', outputShape: [8, 14, 14], parameters: 0, parameterFormula: '', multiplyAdds: 0 },
    {
      name: 'pool1',
      kind: 'maxPool',
      outputShape: [8, 7, 7],
      arithmetic: square(14, 2, 0, 2),
      parameters: 0,
      parameterFormula: '',
      multiplyAdds: 0,
    },
    { name: 'dropout1', kind: 'dropout', outputShape: [8, 7, 7], parameters: 0, parameterFormula: '', multiplyAdds: 0 },
    {
      name: 'fc1',
      kind: 'fullyConnected',
      outputShape: [3],
      parameters: 1179,
      parameterFormula: '8·7·7·3 + 3',
      multiplyAdds: 1176,
    },
  ],
  parameters: 1579,
  multiplyAdds: 78_008,
}

/** The same network where its pool does not fit. */
export const fixtureBrokenDescription: ArchitectureDescription = {
  layers: fixtureDescription.layers.slice(0, 2),
  parameters: 400,
  multiplyAdds: 76_832,
  error: {
    layer: 'pool1',
    message:
      'pool1 does not fit: its input is 14 high and its window 20, so (14 − 20 + 2·0) / 2 + 1 = −2; make the window smaller than 15 or add padding.',
  },
}

export const fixtureConcerns: readonly ArchitectureConcern[] = [
  {
    layer: 'pool1',
    message: 'The window of "pool1" is 20×20 but its map only 14×14, so much of what it sees is padding.',
  },
  { message: '1,250,000 parameters for 1,530 training pictures are 817 for each (VGG-16 had 108).' },
]

export const fixtureSuited: readonly SuitedPreset[] = [
  { name: 'small', reason: 'Suits these pictures: made for 28×28, they are 28×28.' },
]

/** Grey pictures of ten classes. */
const fixtureInput = { channels: 1, height: 28, width: 28, classes: 10 } as const

export const fixturePresets: readonly ArchitecturePreset[] = [
  {
    architecture: fixtureArchitecture,
    input: fixtureInput,
    note: 'Eight first-layer filters of 7×7: each is large enough to be judged by eye and by test.',
    source: 'Filterscope',
  },
  {
    architecture: { ...fixtureArchitecture, name: 'lenet5' },
    input: fixtureInput,
    note: 'The layer sizes of LeNet-5, with ReLU and max pooling.',
    source: 'LeCun, Bottou, Bengio and Haffner, 1998',
  },
]
