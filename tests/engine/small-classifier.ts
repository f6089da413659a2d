import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { elementCount, float32Tensor, int64Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'
import { randomStream } from '../../engine/random/stream.ts'

/** A classifier as exporters write them: one picture at a time, normalised in between, with softmax probabilities. */
export function smallClassifier({ classes = 4, side = 16 } = {}): Uint8Array<ArrayBuffer> {
  const builder = new GraphBuilder()
  const stream = randomStream('small classifier')
  const drawn = (name: string, dims: readonly number[], scale: number) =>
    builder.initializer(
      name,
      float32Tensor(
        dims,
        Float32Array.from({ length: elementCount(dims) }, () => scale * stream.normal()),
      ),
    )
  const filled = (name: string, size: number, value: number) =>
    builder.initializer(name, float32Tensor([size], new Float32Array(size).fill(value)))
  builder.input({ name: 'input', type: { dataType: 'float32', dims: [1, 1, side, side] } })
  const pads = { kernel_shape: [3, 3], pads: [1, 1, 1, 1] }
  let current = builder.op(
    'Conv',
    ['input', drawn('conv1.weight', [6, 1, 3, 3], 0.4), filled('conv1.bias', 6, 0)],
    pads,
  )
  const statistics = [filled('bn1.mean', 6, 0), filled('bn1.var', 6, 1)]
  const affine = [filled('bn1.weight', 6, 1), filled('bn1.bias', 6, 0)]
  current = builder.op('BatchNormalization', [current, ...affine, ...statistics], { momentum: float(0.9) })
  current = builder.op('Relu', [current])
  current = builder.op('MaxPool', [current], { kernel_shape: [2, 2], strides: [2, 2] })
  current = builder.op('Conv', [current, drawn('conv2.weight', [8, 6, 3, 3], 0.2), filled('conv2.bias', 8, 0)], pads)
  current = builder.op('Relu', [current])
  const inputs = 8 * (side / 2) ** 2
  const shape = builder.initializer('shape', int64Tensor([2], [1, inputs]))
  current = builder.op('Reshape', [current, shape], {}, { name: 'flat' })
  current = builder.op('MatMul', [current, drawn('fc.weight', [inputs, classes], 0.05)], {}, { name: 'fc' })
  current = builder.op('Add', [current, filled('fc.bias', classes, 0)], {}, { name: 'loss' })
  builder.op('Softmax', [current], { axis: 1 }, { name: 'probabilities' })
  builder.output({ name: 'probabilities', type: { dataType: 'float32', dims: [1, classes] } })
  return writeModel({ graph: builder.build('small-classifier') }) as Uint8Array<ArrayBuffer>
}
