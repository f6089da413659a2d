import type { Layer, LayerDescription } from '../protocol/architecture.ts'
import { ImpossibleLayer } from './impossible-layer.ts'
import { slideWindow } from './sliding-layer.ts'

type Shape = readonly number[]

/** A map with height and width. */
interface MapShape {
  readonly channels: number
  readonly height: number
  readonly width: number
}

/**
 * What a layer gives and holds that reads tensors of `inputs`' shapes, [C, H, W] or [units], for one picture.
 * Throws ImpossibleLayer.
 */
export function describeLayer(layer: Layer, inputs: readonly Shape[], classes: number): LayerDescription {
  const shape = inputs[0] ?? []
  const without = { name: layer.name, kind: layer.kind, parameters: 0, parameterFormula: '', multiplyAdds: 0 }
  switch (layer.kind) {
    case 'relu':
    case 'leakyRelu':
    case 'elu':
    case 'gelu':
    case 'sigmoid':
    case 'tanh':
    case 'dropout':
      return { ...without, outputShape: shape }
    case 'localResponseNorm':
      requireMap(layer, shape)
      return { ...without, outputShape: shape }
    case 'batchNorm': {
      const channels = shape[0] ?? 0
      return { ...without, outputShape: shape, parameters: 2 * channels, parameterFormula: `2·${channels}` }
    }
    case 'globalMaxPool':
    case 'globalAveragePool':
      return { ...without, outputShape: [requireMap(layer, shape).channels, 1, 1] }
    case 'maxPool':
    case 'averagePool': {
      const { channels, height, width } = requireMap(layer, shape)
      const { size, ...slide } = slideWindow(layer, height, width)
      return { ...without, ...slide, outputShape: [channels, ...size] }
    }
    case 'conv':
      return { ...without, ...describeConvolution(layer, requireMap(layer, shape)) }
    case 'fullyConnected': {
      const inputCount = shape.reduce((product, size) => product * size, 1)
      const units = layer.units === 'classes' ? classes : layer.units
      return {
        ...without,
        outputShape: [units],
        parameters: inputCount * units + units,
        parameterFormula: `${shape.join('·')}·${units} + ${units}`,
        multiplyAdds: inputCount * units,
      }
    }
    case 'concat':
      return { ...without, outputShape: concatenated(layer, inputs) }
    case 'add':
      requireAlike(layer, inputs, inputs)
      return { ...without, outputShape: shape }
    case 'shortcut': {
      const { channels, height, width } = requireMap(layer, shape)
      if (layer.channels < channels) {
        throw new ImpossibleLayer(
          `"${layer.name}" gives ${layer.channels} channels but reads ${channels}: a shortcut can only add channels; give it ${channels} or more.`,
        )
      }
      const size = [Math.ceil(height / layer.stride[0]), Math.ceil(width / layer.stride[1])]
      return { ...without, outputShape: [layer.channels, ...size] }
    }
  }
}

function describeConvolution(layer: Extract<Layer, { kind: 'conv' }>, { channels, height, width }: MapShape) {
  const groups = layer.groups ?? 1
  for (const [what, count] of [['channels', channels] as const, ['filters', layer.filters] as const]) {
    if (count % groups !== 0) {
      throw new ImpossibleLayer(
        `"${layer.name}" has ${groups} groups and ${count} ${what}: ${count} / ${groups} is not whole; choose a number of groups that divides both its channels and its filters.`,
      )
    }
  }
  const { size, ...slide } = slideWindow(layer, height, width)
  const [kernelHeight, kernelWidth] = layer.kernel
  const read = channels / groups
  const weights = kernelHeight * kernelWidth * read * layer.filters
  const formula = `${kernelHeight}·${kernelWidth}·${read}·${layer.filters}`
  const hasBias = layer.bias ?? true
  return {
    ...slide,
    outputShape: [layer.filters, ...size],
    parameters: weights + (hasBias ? layer.filters : 0),
    parameterFormula: hasBias ? `${formula} + ${layer.filters}` : formula,
    multiplyAdds: weights * size[0] * size[1],
  }
}

function requireMap(layer: Layer, shape: Shape): MapShape {
  const [channels, height, width] = shape
  if (channels === undefined || height === undefined || width === undefined) {
    throw new ImpossibleLayer(
      `"${layer.name}" needs a map with height and width, but the layer before it gives ${shape.join('×')} values; move it before the first fully connected layer.`,
    )
  }
  return { channels, height, width }
}

function concatenated(layer: Layer, inputs: readonly Shape[]): Shape {
  requireAlike(
    layer,
    inputs,
    inputs.map(([, ...rest]) => rest),
  )
  const channels = inputs.reduce((total, [count = 0]) => total + count, 0)
  return [channels, ...(inputs[0] ?? []).slice(1)]
}

/** `compared` is what must be alike of each input. */
function requireAlike(layer: Layer, inputs: readonly Shape[], compared: readonly Shape[]): void {
  const [first = '', ...others] = compared.map((shape) => shape.join('×'))
  if (others.every((shape) => shape === first)) return
  const shapes = inputs.map((shape) => shape.join('×')).join(' and ')
  throw new ImpossibleLayer(
    layer.kind === 'add'
      ? `"${layer.name}" adds ${shapes}: a sum needs inputs of one shape; change the stride, padding or filters of what it reads.`
      : `"${layer.name}" joins ${shapes}: a concatenation needs inputs of one height and width; change the stride or padding of what it reads.`,
  )
}
