import { testGradients } from '../../../tests/engine/test-gradients.ts'

const maps = { dims: [3, 4, 5, 2], sample: 'awayFromZero' } as const

testGradients('PRelu', [
  { title: 'one slope', inputs: [maps, { dims: [1] }], smoothness: 'piecewiseLinear' },
  {
    title: 'a slope per channel, unknown batch',
    inputs: [maps, { dims: [4, 1, 1] }],
    smoothness: 'piecewiseLinear',
    symbolicBatch: true,
  },
  { title: 'a slope per element', inputs: [maps, { dims: [3, 4, 5, 2] }], smoothness: 'piecewiseLinear' },
])
