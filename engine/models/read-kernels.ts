import type { Tensor } from '../onnx/graph.ts'
import { dequantized } from './constant-operators.ts'
import type { Constants } from './constants.ts'
import { float32Values } from '../onnx/float-values.ts'
import type { KernelLayer, KernelShape } from './kernel-layers.ts'

/** The kernels of a layer, float32 [F, C, kH, kW] in row-major order, quantised ones dequantised. Throws ModelError where they are too large. */
export function readKernels(layer: KernelLayer, constants: Constants): Float32Array {
  const stored = realNumbers(constants.tensor(layer.values), layer, constants)
  const filters = layer.shape[0]
  if (layer.operator === 'ConvTranspose') return swapInputAndOutput(stored, layer)
  const rows = layer.inColumns ? transposed(stored, filters) : stored
  return layer.fanIn === 'hwc' ? channelsFirst(rows, layer.shape) : rows
}

function realNumbers(weights: Tensor, layer: KernelLayer, constants: Constants): Float32Array {
  const { scale, zeroPoint } = layer
  if (scale === undefined && zeroPoint === undefined) return float32Values(weights)
  // One scale for each filter, where there are several.
  const axis = layer.inColumns ? 1 : 0
  const one: Tensor = { dataType: 'float32', dims: [], data: Float32Array.of(1) }
  const scales = scale === undefined ? one : constants.tensor(scale)
  return dequantized(weights, scales, zeroPoint === undefined ? undefined : constants.tensor(zeroPoint), axis)
}

/** [inputs, units] as [units, inputs]. */
function transposed(data: Float32Array, units: number): Float32Array {
  const inputs = data.length / units
  const rows = new Float32Array(data.length)
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++) rows[unit * inputs + input] = data[input * units + unit] as number
  }
  return rows
}

/** [units, H, W, C] as [units, C, H, W]. */
function channelsFirst(data: Float32Array, [units, channels, height, width]: KernelShape): Float32Array {
  const area = height * width
  const result = new Float32Array(data.length)
  for (let unit = 0; unit < units; unit++) {
    const from = unit * area * channels
    for (let pixel = 0; pixel < area; pixel++) {
      for (let channel = 0; channel < channels; channel++) {
        result[from + channel * area + pixel] = data[from + pixel * channels + channel] as number
      }
    }
  }
  return result
}

/** [C·groups, F/groups, kH, kW] as [F, C, kH, kW]. */
function swapInputAndOutput(data: Float32Array, { shape, groups }: KernelLayer): Float32Array {
  const [filters, channels, height, width] = shape
  const area = height * width
  const filtersInGroup = filters / groups
  const kernels = new Float32Array(data.length)
  for (let filter = 0; filter < filters; filter++) {
    const group = Math.floor(filter / filtersInGroup)
    for (let channel = 0; channel < channels; channel++) {
      const from = ((group * channels + channel) * filtersInGroup + (filter % filtersInGroup)) * area
      kernels.set(data.subarray(from, from + area), (filter * channels + channel) * area)
    }
  }
  return kernels
}
