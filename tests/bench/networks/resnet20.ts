import type { Graph } from '../../../engine/onnx/graph.ts'
import { NetworkBuilder } from './network-builder.ts'

/** ResNet-20 for 32×32 pictures (He et al. 2016) with batch normalisation in training form and 1×1 projections. */
export function buildResNet20(): Graph {
  const net = new NetworkBuilder()
  const normalizedConv = (input: string, name: string, from: number, to: number, kernel: number, stride = 1) => {
    const options = { from, to, kernel, stride, padding: (kernel - 1) / 2 }
    return net.normalization(net.conv(input, `${name}.conv`, options), `${name}.norm`, to)
  }
  const image = net.image(3, 32)
  let current = net.op('Relu', [normalizedConv(image, 'stem', 3, 16, 3)], 'stem.relu')
  let channels = 16
  for (const [stage, width] of [16, 32, 64].entries()) {
    for (let block = 0; block < 3; block++) {
      const name = `stage${stage + 1}.block${block + 1}`
      const stride = width === channels ? 1 : 2
      const first = net.op(
        'Relu',
        [normalizedConv(current, `${name}.first`, channels, width, 3, stride)],
        `${name}.inner`,
      )
      const second = normalizedConv(first, `${name}.second`, width, width, 3)
      const shortcut =
        stride === 1 ? current : normalizedConv(current, `${name}.projection`, channels, width, 1, stride)
      current = net.op('Relu', [net.op('Add', [second, shortcut], `${name}.sum`)], `${name}.relu`)
      channels = width
    }
  }
  const pooled = net.op('Flatten', [net.op('GlobalAveragePool', [current], 'pool')], 'pool/flat')
  return net.build('resnet20', net.fullyConnected(pooled, 'head', channels, 10), 10)
}
