import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { reluGradientByProduct } from './relu-gradient-by-product.ts'

testLowering(
  "a ReLU's gradient as a product",
  [[reluGradientByProduct]],
  [
    {
      title: 'with elements that are exactly 0',
      inputs: { x: [3, 4, 5, 5] },
      withTies: ['x'],
      build: (builder) => builder.op('Relu', ['x'], {}, { name: 'y' }),
      leaves: { Where: 0 },
    },
    {
      title: 'a vector',
      inputs: { x: [40] },
      build: (builder) => builder.op('Relu', ['x'], {}, { name: 'y' }),
      leaves: { Where: 0 },
    },
  ],
)
