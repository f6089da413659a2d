import type { Graph } from '../../../engine/onnx/graph.ts'
import { type ConvOptions, NetworkBuilder } from './network-builder.ts'

/** Filters that squeeze, and those of each of both expanding convolutions; a pool follows the 2nd and 4th. */
const fires = [
  [16, 64],
  [16, 64],
  [32, 128],
  [32, 128],
  [48, 192],
  [48, 192],
  [64, 256],
  [64, 256],
] as const

/** SqueezeNet 1.1 for 224×224 pictures (Iandola et al. 2016), without its dropout, so that losses can be compared. */
export function buildSqueezeNet(): Graph {
  const net = new NetworkBuilder()
  const conv = (input: string, name: string, options: Omit<ConvOptions, 'hasBias'>) =>
    net.op('Relu', [net.conv(input, name, { ...options, hasBias: true })], `${name}.relu`)
  const stem = conv(net.image(3, 224), 'stem', { from: 3, to: 64, kernel: 3, stride: 2 })
  let current = net.overlappingPool(stem, 'stem.pool')
  let channels = 64
  fires.forEach(([squeezed, expanded], index) => {
    const name = `fire${index + 2}`
    const narrow = conv(current, `${name}.squeeze`, { from: channels, to: squeezed, kernel: 1 })
    const points = conv(narrow, `${name}.expand1x1`, { from: squeezed, to: expanded, kernel: 1 })
    const windows = conv(narrow, `${name}.expand3x3`, { from: squeezed, to: expanded, kernel: 3, padding: 1 })
    current = net.concat([points, windows], name)
    channels = 2 * expanded
    if (index === 1 || index === 3) current = net.overlappingPool(current, `${name}.pool`)
  })
  // As its authors draw the last layer: scores of a fresh network differ little.
  const scores = conv(current, 'classifier', { from: channels, to: 1000, kernel: 1, deviation: 0.01 })
  return net.build('squeezenet', net.op('GlobalAveragePool', [scores], 'pool'), 1000)
}
