import type {
  Architecture,
  ArchitectureDescription,
  InputShape,
  Layer,
  LayerDescription,
  SizeArithmetic,
} from '../protocol/architecture.ts'
import { nameConflict } from './reserved-names.ts'
import { arithmeticText, windowArithmetic } from './window-arithmetic.ts'

/** One ONNX file holds 2 GB: as many float32 weights, less some room for the graph. */
const mostParameters = 500_000_000

/** Of one picture: 512 MB of float32, which training needs several times for every picture of a batch. */
const mostValues = 2 ** 27

type WindowLayer = Extract<Layer, { kernel: [number, number] }>

/** A layer that cannot be built; the message shows the arithmetic. */
class ImpossibleLayer extends Error {}

/**
 * Output shapes, parameters and multiply-adds of every layer for pictures of `input`'s size.
 * Sizes that are not whole run with floor and carry a warning; a layer that cannot exist ends the list with `error`.
 */
export function describeArchitecture(architecture: Architecture, input: InputShape): ArchitectureDescription {
  const layers: LayerDescription[] = []
  const seen = new Set<string>()
  let shape: readonly number[] = [input.channels, input.height, input.width]
  for (const layer of architecture.layers) {
    try {
      if (seen.has(layer.name)) {
        throw new ImpossibleLayer(`Two layers are called "${layer.name}"; give each layer a name of its own.`)
      }
      seen.add(layer.name)
      const conflict = nameConflict(layer.name)
      if (conflict !== undefined) {
        throw new ImpossibleLayer(`A layer cannot be called "${layer.name}": ${conflict}; give it another name.`)
      }
      const description = describeLayer(layer, shape, input.classes)
      layers.push(description)
      requireMemory(layer.name, layers)
      shape = description.outputShape
    } catch (error) {
      if (!(error instanceof ImpossibleLayer)) throw error
      const before = layers.filter(({ name }) => name !== layer.name)
      return { ...totals(before), error: { layer: layer.name, message: error.message } }
    }
  }
  const outputs = shape.reduce((product, size) => product * size, 1)
  if (outputs !== input.classes) {
    const last = architecture.layers.at(-1)?.name ?? architecture.name
    return {
      ...totals(layers),
      error: {
        layer: last,
        message: `The network ends in ${shape.join('×')} = ${outputs} values at "${last}", but the data has ${input.classes} classes; end it with a fully connected layer of one unit per class.`,
      },
    }
  }
  return totals(layers)
}

function requireMemory(name: string, layers: readonly LayerDescription[]): void {
  const { parameters } = totals(layers)
  if (parameters > mostParameters) {
    throw new ImpossibleLayer(
      `"${name}" brings the network to ${count(parameters)} parameters, and one ONNX file holds at most ${count(mostParameters)}; give it fewer outputs or a smaller input.`,
    )
  }
  const outputShape = layers.at(-1)?.outputShape ?? []
  const values = outputShape.reduce((product, size) => product * size, 1)
  if (values > mostValues) {
    throw new ImpossibleLayer(
      `"${name}" gives ${outputShape.join('×')} = ${count(values)} values for one picture, and at most ${count(mostValues)} fit in memory; give it fewer outputs, less padding or a larger stride.`,
    )
  }
}

/** 61,706 */
function count(value: number): string {
  return value.toLocaleString('en')
}

function totals(layers: readonly LayerDescription[]): ArchitectureDescription {
  const sum = (pick: (layer: LayerDescription) => number) => layers.reduce((total, layer) => total + pick(layer), 0)
  return {
    layers,
    parameters: sum((layer) => layer.parameters),
    multiplyAdds: sum((layer) => layer.multiplyAdds),
  }
}

function describeLayer(layer: Layer, shape: readonly number[], classes: number): LayerDescription {
  const base = { name: layer.name, kind: layer.kind, parameters: 0, parameterFormula: '', multiplyAdds: 0 }
  switch (layer.kind) {
    case 'relu':
    case 'dropout':
      return { ...base, outputShape: shape }
    case 'fullyConnected': {
      const inputs = shape.reduce((product, size) => product * size, 1)
      const units = layer.units === 'classes' ? classes : layer.units
      return {
        ...base,
        outputShape: [units],
        parameters: inputs * units + units,
        parameterFormula: `${shape.join('·')}·${units} + ${units}`,
        multiplyAdds: inputs * units,
      }
    }
    case 'maxPool':
    case 'averagePool': {
      const slide = slideWindow(layer, shape)
      return { ...base, ...slide, outputShape: [slide.channels, ...slide.size] }
    }
    case 'conv': {
      const slide = slideWindow(layer, shape)
      const [kernelHeight, kernelWidth] = layer.kernel
      const weights = kernelHeight * kernelWidth * slide.channels * layer.filters
      return {
        ...base,
        ...slide,
        outputShape: [layer.filters, ...slide.size],
        parameters: weights + layer.filters,
        parameterFormula: `${kernelHeight}·${kernelWidth}·${slide.channels}·${layer.filters} + ${layer.filters}`,
        multiplyAdds: weights * slide.size[0] * slide.size[1],
      }
    }
  }
}

interface Slide {
  readonly channels: number
  readonly size: readonly [number, number]
  readonly arithmetic: { readonly height: SizeArithmetic; readonly width: SizeArithmetic }
  readonly warning?: string
}

function slideWindow(layer: WindowLayer, shape: readonly number[]): Slide {
  const [channels, inputHeight, inputWidth] = shape
  if (channels === undefined || inputHeight === undefined || inputWidth === undefined) {
    throw new ImpossibleLayer(
      `"${layer.name}" needs a map with height and width, but the layer before it gives ${shape.join('×')} values; move it before the first fully connected layer.`,
    )
  }
  if (layer.kind !== 'conv' && (layer.padding[0] >= layer.kernel[0] || layer.padding[1] >= layer.kernel[1])) {
    throw new ImpossibleLayer(
      `"${layer.name}" pads by ${layer.padding.join('×')} with a window of ${layer.kernel.join('×')}: the padding of a pool must be smaller than its window.`,
    )
  }
  const height = windowArithmetic(inputHeight, layer.kernel[0], layer.padding[0], layer.stride[0])
  const width = windowArithmetic(inputWidth, layer.kernel[1], layer.padding[1], layer.stride[1])
  for (const [axis, size] of [['height', height] as const, ['width', width] as const]) {
    if (size.floor < 1) {
      throw new ImpossibleLayer(
        `"${layer.name}" cannot slide a window of ${size.kernel} over a ${axis} of ${size.input}: ${arithmeticText(size)}; use a smaller kernel, more padding, or remove a pool before it.`,
      )
    }
  }
  const slide = { channels, size: [height.floor, width.floor] as const, arithmetic: { height, width } }
  const uneven = [height, width].filter(({ isWhole }) => !isWhole)
  if (uneven.length === 0) return slide
  // Square pictures and kernels have the same arithmetic along both axes: it is said once.
  return { ...slide, warning: [...new Set(uneven.map(unevenText))].join(' ') }
}

function unevenText(size: SizeArithmetic): string {
  return `${arithmeticText(size)} is not whole: floor gives ${size.floor} (used), ceil would give ${size.ceil}.`
}
