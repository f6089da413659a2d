import type { Layer } from '../protocol/architecture.ts'

/**
 * A fully connected layer that reads a map [C, H, W] as the convolution with an H×W window and as many filters as units,
 * and such a convolution as a fully connected layer; undefined for others. Both multiply every value of the map with one
 * weight for each unit (Long, Shelhamer and Darrell, 2015, section 3.1), and their weights lie in the same order.
 */
export function otherForm(layer: Layer, shape: readonly number[], outputShape: readonly number[]): Layer | undefined {
  const [, height, width] = shape
  if (height === undefined || width === undefined) return undefined
  const { name, from } = layer
  const base = { name, ...(from && { from }) }
  if (layer.kind === 'fullyConnected') {
    const filters = outputShape[0] ?? 0
    return { kind: 'conv', ...base, filters, kernel: [height, width], stride: [1, 1], padding: [0, 0] }
  }
  if (layer.kind !== 'conv') return undefined
  const { kernel, padding, groups = 1, dilation = [1, 1], bias = true } = layer
  const isWhole = kernel[0] === height && kernel[1] === width && padding.every((size) => size === 0)
  if (!isWhole || groups !== 1 || !bias || dilation.some((size) => size !== 1)) return undefined
  return { kind: 'fullyConnected', ...base, units: layer.filters }
}
