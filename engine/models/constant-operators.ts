import { type Node, type Tensor, elementCount, float32Tensor, intAttribute, intsAttribute } from '../onnx/graph.ts'
import { broadcastOffset } from '../onnx/shapes/fold.ts'
import { float32Values } from '../onnx/float-values.ts'

/**
 * What an operator makes of constant inputs, `dims` being the shape of its output. Floating-point results are float32,
 * whatever a Cast asks for: they are to be looked at.
 */
type Make = (node: Node, inputs: readonly (Tensor | undefined)[], dims: readonly number[]) => Tensor

interface ConstantOperator {
  readonly make: Make
  /** How many inputs it cannot do without. */
  readonly inputsNeeded: number
}

const sameElements: Make = (_node, [x], dims) => ({ ...(x as Tensor), dims })

const inFloat32: Make = (_node, [x], dims) => float32Tensor(dims, float32Values(x as Tensor))

const constantOfShape: Make = ({ attributes: { value } }, _inputs, dims) => {
  const [element = 0] = value?.kind === 'tensor' ? float32Values(value.value) : []
  return float32Tensor(dims, new Float32Array(elementCount(dims)).fill(element))
}

const transpose: Make = (node, [x], dims) => {
  const from = x as Tensor
  const order = intsAttribute(node, 'perm') ?? dims.map((_, axis) => dims.length - 1 - axis)
  const steps = order.map((axis) => elementCount(from.dims.slice(axis + 1)))
  const values = float32Values(from)
  const result = new Float32Array(values.length)
  const position = dims.map(() => 0)
  let source = 0
  for (let index = 0; index < result.length; index++) {
    result[index] = values[source] as number
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      source += steps[axis] as number
      position[axis] = (position[axis] as number) + 1
      if ((position[axis] as number) < (dims[axis] as number)) break
      source -= (steps[axis] as number) * (dims[axis] as number)
      position[axis] = 0
    }
  }
  return float32Tensor(dims, result)
}

/** (x − zero point) · scale, both for the whole tensor or one for each slice along `axis`. */
const dequantize: Make = (node, [x, scale, zeroPoint], dims) => {
  const axis = intAttribute(node, 'axis', 1)
  return float32Tensor(dims, dequantized(x as Tensor, scale as Tensor, zeroPoint, axis))
}

/** round(x / scale) + zero point, kept within the range of the zero point's type; ties go to the even number. */
const quantize: Make = (node, [x, scale, zeroPoint], dims) => {
  const axis = intAttribute(node, 'axis', 1)
  const values = float32Values(x as Tensor)
  const scales = perElement(scale as Tensor, dims, axis)
  const zeros = zeroPoint === undefined ? () => 0 : perElement(zeroPoint, dims, axis)
  const isSigned = zeroPoint?.dataType === 'int8'
  const [lowest, highest] = isSigned ? [-128, 127] : [0, 255]
  const bytes = Float32Array.from(values, (value, index) => {
    return Math.min(highest, Math.max(lowest, roundHalfToEven(value / scales(index)) + zeros(index)))
  })
  return {
    dataType: isSigned ? 'int8' : 'uint8',
    dims,
    data: isSigned ? Int8Array.from(bytes) : Uint8Array.from(bytes),
  }
}

function elementwise(compute: (a: number, b: number) => number): ConstantOperator {
  const make: Make = (_node, [a, b], dims) => {
    const [left, right] = [a as Tensor, b as Tensor]
    const [leftValues, rightValues] = [float32Values(left), float32Values(right)]
    const result = new Float32Array(elementCount(dims))
    for (let index = 0; index < result.length; index++) {
      const one = leftValues[broadcastOffset(index, dims, left.dims)] as number
      result[index] = compute(one, rightValues[broadcastOffset(index, dims, right.dims)] as number)
    }
    return float32Tensor(dims, result)
  }
  return { make, inputsNeeded: 2 }
}

/** The elements of a quantised tensor as float32; `scale` and `zeroPoint` have one element, or one for each slice along `axis`. */
export function dequantized(x: Tensor, scale: Tensor, zeroPoint: Tensor | undefined, axis: number): Float32Array {
  const scales = perElement(scale, x.dims, axis)
  const zeros = zeroPoint === undefined ? () => 0 : perElement(zeroPoint, x.dims, axis)
  return float32Values(x).map((value, index) => (value - zeros(index)) * scales(index))
}

/** What belongs to element `index` of a tensor of shape `dims`. */
function perElement(parameter: Tensor, dims: readonly number[], axis: number): (index: number) => number {
  const values = float32Values(parameter)
  const [only = 0] = values
  if (values.length <= 1) return () => only
  const along = axis < 0 ? axis + dims.length : axis
  const inner = elementCount(dims.slice(along + 1))
  return (index) => values[Math.floor(index / inner) % values.length] as number
}

function roundHalfToEven(value: number): number {
  const rounded = Math.round(value)
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded
}

/** The operators exporters put between stored weights and the layer that uses them. */
export const constantOperators: ReadonlyMap<string, ConstantOperator> = new Map(
  Object.entries({
    Identity: { make: sameElements, inputsNeeded: 1 },
    Reshape: { make: sameElements, inputsNeeded: 1 },
    Flatten: { make: sameElements, inputsNeeded: 1 },
    Squeeze: { make: sameElements, inputsNeeded: 1 },
    Unsqueeze: { make: sameElements, inputsNeeded: 1 },
    Cast: { make: inFloat32, inputsNeeded: 1 },
    ConstantOfShape: { make: constantOfShape, inputsNeeded: 1 },
    Transpose: { make: transpose, inputsNeeded: 1 },
    DequantizeLinear: { make: dequantize, inputsNeeded: 2 },
    QuantizeLinear: { make: quantize, inputsNeeded: 2 },
    Add: elementwise((a, b) => a + b),
    Sub: elementwise((a, b) => a - b),
    Mul: elementwise((a, b) => a * b),
    Div: elementwise((a, b) => a / b),
  }),
)
