import { GraphBuilder, float } from '../../engine/onnx/graph-builder.ts'
import { type Tensor, elementCount, float32Tensor } from '../../engine/onnx/graph.ts'
import { writeModel } from '../../engine/onnx/write-model.ts'

/** Blocks of each stage, and the width of its 3×3 convolutions. */
const stages = [
  { blocks: 3, width: 64 },
  { blocks: 4, width: 128 },
  { blocks: 6, width: 256 },
  { blocks: 3, width: 512 },
]

/** How many parameters it has, statistics of its normalisations not counted. */
export const resNet50Parameters = 25_557_032

/**
 * A file of ResNet-50 (He et al. 2016) for 224×224 pictures and 1000 classes, 102 MB, its values named and its weights
 * stored as PyTorch's exporter does. The weights are noise.
 */
export function resNet50File(): Uint8Array<ArrayBuffer> {
  const builder = new GraphBuilder()
  let seed = 1
  const noise = (dims: readonly number[]): Tensor => {
    const data = new Float32Array(elementCount(dims))
    for (let index = 0; index < data.length; index++) {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0
      data[index] = (seed / 2 ** 32 - 0.5) / 10
    }
    return float32Tensor(dims, data)
  }
  const weights = (name: string, dims: readonly number[]) => builder.initializer(name, noise(dims))
  const filled = (name: string, size: number, value: number) =>
    builder.initializer(name, float32Tensor([size], new Float32Array(size).fill(value)))

  const normalizedConv = (input: string, scope: string, names: readonly [string, string], shape: Shape) => {
    const { from, to, kernel, stride = 1 } = shape
    const [conv, norm] = names.map((name) => `${scope}${name}`) as [string, string]
    const padding = (kernel - 1) / 2
    const weight = weights(`${conv}.weight`, [to, from, kernel, kernel])
    const attributes = {
      kernel_shape: [kernel, kernel],
      strides: [stride, stride],
      pads: Array<number>(4).fill(padding),
    }
    const convolved = builder.op('Conv', [input, weight], attributes)
    const affine = [filled(`${norm}.weight`, to, 1), filled(`${norm}.bias`, to, 0)]
    const statistics = [filled(`${norm}.running_mean`, to, 0), filled(`${norm}.running_var`, to, 1)]
    return builder.op('BatchNormalization', [convolved, ...affine, ...statistics], { epsilon: float(1e-5) })
  }

  builder.input({ name: 'input', type: { dataType: 'float32', dims: ['batch', 3, 224, 224] } })
  let current = normalizedConv('input', '', ['conv1', 'bn1'], { from: 3, to: 64, kernel: 7, stride: 2 })
  const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }
  current = builder.op('MaxPool', [builder.op('Relu', [current])], pool)
  let channels = 64
  for (const [stage, { blocks, width }] of stages.entries()) {
    for (let block = 0; block < blocks; block++) {
      const scope = `layer${stage + 1}.${block}.`
      const stride = block === 0 && stage > 0 ? 2 : 1
      const out = 4 * width
      const relu = (value: string) => builder.op('Relu', [value])
      const first = relu(normalizedConv(current, scope, ['conv1', 'bn1'], { from: channels, to: width, kernel: 1 }))
      const second = relu(normalizedConv(first, scope, ['conv2', 'bn2'], { from: width, to: width, kernel: 3, stride }))
      const third = normalizedConv(second, scope, ['conv3', 'bn3'], { from: width, to: out, kernel: 1 })
      const names = ['downsample.0', 'downsample.1'] as const
      const shortcut =
        block === 0 ? normalizedConv(current, scope, names, { from: channels, to: out, kernel: 1, stride }) : current
      current = relu(builder.op('Add', [third, shortcut]))
      channels = out
    }
  }
  current = builder.op('Flatten', [builder.op('GlobalAveragePool', [current])])
  const bias = filled('fc.bias', 1000, 0)
  builder.op('Gemm', [current, weights('fc.weight', [1000, channels]), bias], { transB: 1 }, { name: 'output' })
  builder.output({ name: 'output', type: { dataType: 'float32', dims: ['batch', 1000] } })
  return writeModel({ graph: builder.build('resnet50'), producerName: 'pytorch' }) as Uint8Array<ArrayBuffer>
}

interface Shape {
  readonly from: number
  readonly to: number
  readonly kernel: number
  readonly stride?: number
}
