import type { GraphBuilder } from '../../onnx/graph-builder.ts'
import { testLowering } from '../../../tests/engine/check-lowering.ts'
import { scalarOnFlat } from './scalar-on-flat.ts'

const chain = (builder: GraphBuilder): string => {
  const shrunk = builder.op('Sub', [builder.op('Mul', ['x', builder.scalar(0.5)]), builder.scalar(3)])
  return builder.op('Add', [builder.op('Div', [builder.scalar(2), shrunk]), builder.scalar(1)], {}, { name: 'y' })
}

testLowering(
  'a tensor whose last axis is short, and a scalar',
  [[scalarOnFlat]],
  [
    {
      title: 'kernels of a 1×1 convolution, the scalar on either side',
      inputs: { x: [40, 32, 1, 1] },
      build: chain,
      // Two for each of the four operators of the forward graph and for the product in the gradient.
      leaves: { Mul: 3, Reshape: 10 },
    },
    { title: 'few elements are left alone', inputs: { x: [8, 4, 1, 1] }, build: chain, leaves: { Reshape: 0 } },
    { title: 'a long last axis is left alone', inputs: { x: [4, 1, 512] }, build: chain, leaves: { Reshape: 0 } },
    {
      title: 'two tensors of the same shape are left alone',
      inputs: { x: [40, 32, 1, 1], w: [40, 32, 1, 1] },
      build: (builder) => builder.op('Mul', ['x', 'w'], {}, { name: 'y' }),
      leaves: { Reshape: 0 },
    },
  ],
)
